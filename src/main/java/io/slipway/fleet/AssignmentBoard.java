package io.slipway.fleet;

import io.slipway.base.Epoch;
import io.slipway.base.Generation;
import io.slipway.base.HostName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The newest assignments of each host, and who waits for newer ones. An older epoch or generation never replaces a newer one. */
final class AssignmentBoard {
    private final Map<HostName, Assignments> newest = new HashMap<>();
    private boolean closed;

    synchronized boolean put(Assignments offered) {
        HostName host = offered.run().host();
        Assignments known = newest.get(host);
        if (known != null
                && !offered.isNewerThan(known.run().epoch(), known.run().generation())) {
            return false;
        }
        newest.put(host, offered);
        notifyAll();
        return true;
    }

    /** Returns at once when there is something newer; else when there is, or empty after {@code wait}. */
    synchronized Optional<Assignments> await(HostName host, Epoch epoch, Generation after, Duration wait)
            throws InterruptedException {
        long deadlineNanos = System.nanoTime() + wait.toNanos();
        while (true) {
            Assignments known = newest.get(host);
            if (known != null && known.isNewerThan(epoch, after)) {
                return Optional.of(known);
            }
            long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0 || closed) {
                return Optional.empty();
            }
            wait(leftMs);
        }
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
