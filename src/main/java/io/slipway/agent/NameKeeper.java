package io.slipway.agent;

import io.slipway.agent.Containers.Inside;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Has the edge serve the containers' network and answer its questions for names; looks after it, as edge and packet filter may be made anew. */
final class NameKeeper implements Runnable {
    private static final Logger LOG = Logger.getLogger(NameKeeper.class.getName());
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private final Containers containers;
    private final Edge edge;
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), LOOK_EVERY);
    private String trouble = "";

    NameKeeper(Containers containers, Edge edge) {
        this.containers = containers;
        this.edge = edge;
    }

    @Override
    public void run() {
        try {
            while (true) {
                Thread.sleep(look() ? LOOK_EVERY : backoff.next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether all is as it should be. Containers that are started after that ask the edge. */
    boolean look() throws InterruptedException {
        Optional<Inside> network = containers.inside();
        if (network.isEmpty()) {
            return true;
        }
        try {
            network.get().lead(edge.serve(network.get().address(), network.get().prefixLength()));
            backoff.reset();
            trouble = "";
            return true;
        } catch (IOException | IllegalArgumentException e) {
            report(String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void report(String now) {
        if (!now.equals(trouble)) {
            trouble = now;
            LOG.log(
                    Level.WARNING,
                    "containers do not find services by name: {0}; new ones ask whom the host asks, and the edge is asked again",
                    now);
        }
    }
}
