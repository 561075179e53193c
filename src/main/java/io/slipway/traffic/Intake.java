package io.slipway.traffic;

import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Whether a backend's connection is read. It is held back at the socket itself: {@code pause()} of Vert.x 5 goes on reading up to eight pieces ahead, and
 * where the backend closes the connection meanwhile, as it does after an answer with {@code Connection: close}, it throws them away.
 */
final class Intake {
    private final HttpClientResponse from;
    private boolean held;

    Intake(HttpClientResponse from) {
        this.from = from;
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
        if (from.request().connection() instanceof ConnectionBase connection) {
            connection.channel().config().setAutoRead(!hold);
        } else if (hold) {
            from.pause();
        } else {
            from.resume();
        }
    }
}
