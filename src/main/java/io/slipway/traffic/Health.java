package io.slipway.traffic;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;

/**
 * Passive health: a replica that cannot be connected to is ejected for a second, twice as long with each failure in a row
 * up to ten, and comes back when a TCP connect succeeds.
 */
final class Health {
    private static final long FIRST_MS = 1_000;
    private static final long LONGEST_MS = 10_000;
    private static final int CONNECT_TIMEOUT_MS = 1_000;
    private final Vertx vertx;
    private final LiveRoutes live;
    private final NetClient prober;

    Health(Vertx vertx, LiveRoutes live) {
        this.vertx = vertx;
        this.live = live;
        this.prober = vertx.createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MS));
    }

    /** A connect failed. */
    void eject(Replica replica) {
        if (replica.eject()) {
            probeLater(replica);
        }
    }

    /** A connection was reset before it answered: eject only if nothing listens any more, one request may be the poison. */
    void suspect(Replica replica) {
        prober.connect(replica.address).onSuccess(socket -> socket.close()).onFailure(gone -> eject(replica));
    }

    private void probeLater(Replica replica) {
        int times = Math.min(replica.failed() - 1, 10);
        vertx.setTimer(Math.min(LONGEST_MS, FIRST_MS << times), timer -> probe(replica));
    }

    private void probe(Replica replica) {
        if (!live.routes().has(replica)) {
            return;
        }
        prober.connect(replica.address)
                .onSuccess(socket -> {
                    socket.close();
                    replica.restore();
                })
                .onFailure(stillDown -> probeLater(replica));
    }
}
