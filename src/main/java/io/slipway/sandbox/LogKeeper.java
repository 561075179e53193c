package io.slipway.sandbox;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Takes over what containers write, all of them in turn, five times a second at most; uses a twentieth of one cpu at most. */
final class LogKeeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LogKeeper.class.getName());
    private static final long PAUSE_NANOS = 200_000_000L;
    private static final int SHARE = 20;
    private final Supplier<Collection<Sandbox>> sandboxes;
    private final Set<Sandbox> done = Collections.newSetFromMap(new WeakHashMap<>());
    private final Set<Sandbox> failing = Collections.newSetFromMap(new WeakHashMap<>());
    private final Thread thread;
    private volatile boolean closed;

    LogKeeper(Supplier<Collection<Sandbox>> sandboxes) {
        this.sandboxes = sandboxes;
        thread = Thread.ofPlatform().daemon().name("log-keeper").start(this::loop);
    }

    private void loop() {
        while (!closed) {
            long start = System.nanoTime();
            try {
                round();
            } catch (RuntimeException | Error e) {
                complain("the logs of containers cannot be taken over now", e);
            }
            LockSupport.parkNanos(Math.max(PAUSE_NANOS, SHARE * (System.nanoTime() - start)));
        }
    }

    private void round() {
        for (Sandbox sandbox : sandboxes.get()) {
            if (!closed && !done.contains(sandbox)) {
                collect(sandbox);
            }
        }
    }

    private void collect(Sandbox sandbox) {
        // Looked at before: what it wrote last is then taken too.
        boolean ended = sandbox.state() == Sandbox.State.ENDED;
        try {
            if (sandbox.collectLog() && ended) {
                done.add(sandbox);
            }
            failing.remove(sandbox);
        } catch (IOException | RuntimeException | Error e) {
            // Tried again: what it writes stays where it is until then. Whatever it was: the others' logs are to be
            // taken over nevertheless.
            if (failing.add(sandbox)) {
                complain("the log of container " + sandbox.id() + " cannot be taken over, which is tried again", e);
            }
        }
    }

    private static void complain(String what, Throwable failure) {
        try {
            LOG.log(Level.WARNING, what, failure);
        } catch (RuntimeException | Error e) {
            // No memory left even to say so.
            failure.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
