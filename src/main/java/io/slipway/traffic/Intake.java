package io.slipway.traffic;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.streams.ReadStream;

/**
 * Whether a connection is read. It is held back at the socket itself: {@code pause()} of Vert.x 5 goes on reading up to eight pieces ahead, and where the
 * peer closes the connection meanwhile, as a backend does after an answer with {@code Connection: close}, it throws them away.
 */
final class Intake {
    private final HttpConnection connection;
    private final ReadStream<?> stream;
    private boolean held;

    /** @param stream what comes from it */
    Intake(HttpConnection connection, ReadStream<?> stream) {
        this.connection = connection;
        this.stream = stream;
    }

    void hold() {
        set(true);
    }

    /** Also before the connection is used for the next request. */
    void release() {
        set(false);
    }

    private void set(boolean hold) {
        if (held == hold) {
            return;
        }
        held = hold;
        if (connection instanceof ConnectionBase base) {
            base.channel().config().setAutoRead(!hold);
        } else if (hold) {
            stream.pause();
        } else {
            stream.resume();
        }
    }
}
