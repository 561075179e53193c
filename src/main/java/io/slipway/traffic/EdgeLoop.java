package io.slipway.traffic;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One event loop of the edge: its share of the listening port and its own connections to the backends, so that nothing is shared. */
final class EdgeLoop extends VerticleBase {
    private static final int CONNECT_TIMEOUT_MS = 1_000;
    private static final int KEEP_ALIVE_S = 15;
    private static final int IDLE_S = 600;
    private static final int MAX_CONNECTIONS = 16_384;
    final int index;
    final LiveRoutes live;
    final Counters counters;
    final Health health;
    private final ProxyOptions options;
    private int turn;
    private @Nullable HttpServer server;
    private final List<HttpServer> others = new CopyOnWriteArrayList<>();
    private @Nullable HttpClientAgent pooled;
    private @Nullable HttpClientAgent fresh;
    private volatile boolean stopping;

    EdgeLoop(int index, ProxyOptions options, LiveRoutes live, Counters counters, Health health) {
        this.index = index;
        this.options = options;
        this.live = live;
        this.counters = counters;
        this.health = health;
    }

    @Override
    public Future<?> start() {
        pooled = client(true);
        fresh = client(false);
        HttpServer http = newServer();
        server = http;
        // -1 is Vert.x's word for a free port that all instances of a deployment share
        return http.listen(options.port() == 0 ? -1 : options.port(), options.host());
    }

    /** Serves at the same port of another address, too. */
    Future<?> serveAlso(String address) {
        Promise<HttpServer> listening = Promise.promise();
        context.runOnContext(_ -> newServer().listen(actualPort(), address).onComplete(listening));
        return listening.future().onSuccess(others::add);
    }

    /** Takes back all of {@link #serveAlso}. */
    Future<?> serveOnlyOwn() {
        List<Future<Void>> closed = others.stream().map(HttpServer::close).toList();
        others.clear();
        return Future.join(closed);
    }

    private HttpServer newServer() {
        return vertx.createHttpServer(serverOptions())
                .connectionHandler(EdgeLoop::quiet)
                .requestHandler(request -> new Exchange(this, request).begin());
    }

    int actualPort() {
        return server == null ? 0 : server.actualPort();
    }

    /** Stops accepting, closes idle connections, and waits for the requests in flight. */
    Future<Void> drain(Duration grace) {
        stopping = true;
        List<Future<Void>> all = new ArrayList<>(
                others.stream().map(other -> other.shutdown(grace)).toList());
        if (server != null) {
            all.add(server.shutdown(grace));
        }
        return Future.join(all).mapEmpty();
    }

    boolean isStopping() {
        return stopping;
    }

    /**
     * A client for an attempt. Only what can be sent again goes over a kept connection, which the backend may close at the
     * very moment of sending; everything else gets a connection of its own.
     */
    HttpClientAgent client(boolean repeatable, boolean fallback) {
        HttpClientAgent client = repeatable && !fallback ? pooled : fresh;
        if (client == null) {
            throw new IllegalStateException("event loop " + index + " of the edge got a request before it started");
        }
        return client;
    }

    int nextTurn() {
        return turn++;
    }

    private HttpClientAgent client(boolean keepAlive) {
        return vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_1_1)
                        .setKeepAlive(keepAlive)
                        .setKeepAliveTimeout(KEEP_ALIVE_S)
                        .setConnectTimeout(CONNECT_TIMEOUT_MS)
                        .setMaxHeaderSize(65_536)
                        .setDecompressionSupported(false))
                .with(new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setMaxWaitQueueSize(-1))
                .withConnectHandler(EdgeLoop::quiet)
                .build();
    }

    /** A reset connection is daily bread here, told to the exchange that it belongs to; no log line for it. */
    private static void quiet(HttpConnection connection) {
        connection.exceptionHandler(reset -> {});
    }

    private static HttpServerOptions serverOptions() {
        return new HttpServerOptions()
                .setMaxHeaderSize(32_768)
                .setMaxInitialLineLength(16_384)
                .setHandle100ContinueAutomatically(false)
                .setAcceptBacklog(4_096)
                .setTcpKeepAlive(true)
                .setIdleTimeout(IDLE_S);
    }
}
