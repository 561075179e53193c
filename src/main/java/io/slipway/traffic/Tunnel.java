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
        Intake intake = new Intake(from.request().connection(), backend);
        intake.hold();
        backend.pause();
        in.resume();
        in.toNetSocket().onComplete(client -> join(client, backend, intake, ended), cause -> {
            backend.close();
            end(ended);
        });
    }

    private void join(NetSocket client, NetSocket backend, Intake intake, Runnable ended) {
        client.closeHandler(gone -> end(ended));
        pass(client, new Intake(in.connection(), client), backend);
        pass(backend, intake, client);
        backend.resume();
        intake.release();
    }

    /** As fast as the other side takes it, up to the end of this one. */
    private static void pass(NetSocket one, Intake intake, NetSocket other) {
        one.handler(chunk -> {
            other.write(chunk);
            if (other.writeQueueFull()) {
                intake.hold();
                other.drainHandler(drained -> intake.release());
            }
        });
        one.exceptionHandler(cause -> other.end());
        one.endHandler(end -> other.end());
    }

    private void end(Runnable ended) {
        if (!closed) {
            closed = true;
            ended.run();
        }
    }
}
