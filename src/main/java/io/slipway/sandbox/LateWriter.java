package io.slipway.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes down, a little later and from one thread, what nobody waits for: how a container was made, and an end that its pid 1 wrote down already.
 * Beside a start it would take a core from it; of a container that is removed meanwhile it is never written.
 */
final class LateWriter implements AutoCloseable {
    private static final long DELAY_NANOS = 50_000_000L;
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("sandbox-writer").start(this::loop);
    private volatile boolean closed;

    void add(Sandbox sandbox) {
        queue.add(sandbox::writeDown);
    }

    /** Returns once everything has been written. */
    @Override
    public void close() {
        closed = true;
        // Not by an interrupt, which would close the file being written.
        queue.add(() -> {});
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        queue.forEach(Runnable::run);
    }

    private void loop() {
        List<Runnable> due = new ArrayList<>();
        while (!closed) {
            try {
                due.add(queue.take());
            } catch (InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(DELAY_NANOS);
            queue.drainTo(due);
            due.forEach(Runnable::run);
            due.clear();
        }
    }
}
