package io.slipway.traffic;

import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/** A connection that changed its protocol (WebSocket): bytes pass both ways until either side ends. */
final class Tunnel {
    private final HttpServerRequest in;
    private final HttpClientResponse from;
    private boolean closed;

    Tunnel(HttpServerRequest in, HttpClientResponse from, @Nullable String cookie) {
        this.in = in;
        this.from = from;
        in.response().setStatusCode(101);
        Headers.toClient(from.headers(), in.response().headers());
        in.response().putHeader("Connection", "Upgrade").putHeader("Upgrade", from.getHeader("Upgrade"));
        if (cookie != null) {
            in.response().headers().add("Set-Cookie", cookie);
        }
    }

    /** @param ended called once, when the tunnel is closed */
    void open(Runnable ended) {
        NetSocket backend = from.netSocket();
        backend.pause();
        in.resume();
        in.toNetSocket().onComplete(client -> join(client, backend, ended), cause -> {
            backend.close();
            end(ended);
        });
    }

    private void join(NetSocket client, NetSocket backend, Runnable ended) {
        client.closeHandler(gone -> end(ended));
        client.pipeTo(backend);
        backend.pipeTo(client);
    }

    private void end(Runnable ended) {
        if (!closed) {
            closed = true;
            ended.run();
        }
    }
}
