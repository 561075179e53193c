package io.slipway.agent;

import io.slipway.base.Generation;
import io.slipway.routing.RouteTable;
import java.io.IOException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Keeps the edge at the newest route table: put at once, tried again until confirmed, looked after every second. */
final class RouteKeeper implements Runnable {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Logger LOG = Logger.getLogger(RouteKeeper.class.getName());

    private final Edge edge;
    private final Runnable changed;
    private final Backoff backoff = new Backoff(Duration.ofMillis(50), LOOK_EVERY);
    private @Nullable RouteTable wanted;
    private Generation confirmed = Generation.NONE;
    private String trouble = "";
    private boolean closed;

    RouteKeeper(Edge edge, Runnable changed) {
        this.edge = edge;
        this.changed = changed;
    }

    synchronized void want(RouteTable routes) {
        wanted = routes;
        notifyAll();
    }

    /** The generation that the edge has confirmed last. */
    synchronized Generation confirmed() {
        return confirmed;
    }

    /** Waits until the edge routes by this generation or a newer one. False when that took longer than {@code atMost}. */
    synchronized boolean await(Generation generation, Duration atMost) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        while (confirmed.compareTo(generation) < 0 && !closed) {
            long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return !closed;
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    @Override
    public void run() {
        try {
            while (true) {
                RouteTable routes = wanted();
                if (routes == null) {
                    return;
                }
                pause(routes, put(routes) ? LOOK_EVERY : backoff.next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean put(RouteTable routes) throws InterruptedException {
        try {
            if (edge.counts().applied() != routes.generation().value()) {
                edge.apply(routes);
            }
            confirm(routes.generation());
            return true;
        } catch (IOException e) {
            report(routes, e);
            return false;
        }
    }

    private void confirm(Generation generation) {
        synchronized (this) {
            backoff.reset();
            trouble = "";
            if (confirmed.equals(generation)) {
                return;
            }
            confirmed = generation;
            notifyAll();
        }
        changed.run();
    }

    private void report(RouteTable routes, IOException e) {
        String now = String.valueOf(e.getMessage());
        if (!now.equals(trouble)) {
            trouble = now;
            LOG.log(
                    Level.WARNING,
                    "routes of {0} are not taken by the edge: {1}; it goes on as before and is asked again",
                    new Object[] {routes.generation(), now});
        }
    }

    private synchronized @Nullable RouteTable wanted() throws InterruptedException {
        while (wanted == null && !closed) {
            wait();
        }
        return closed ? null : wanted;
    }

    private synchronized void pause(RouteTable done, Duration pause) throws InterruptedException {
        if (wanted == done && !closed) {
            wait(pause.toMillis());
        }
    }
}
