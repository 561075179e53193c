package io.slipway.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Does a little later, from one thread, what nobody waits for: writing down how a container was made, and an end that its pid 1 wrote down already;
 * deleting the files of a removed one. Beside a start it would take a core from it, and what is removed meanwhile is never written.
 */
final class Afterwards implements AutoCloseable {
    private static final long DELAY_NANOS = 50_000_000L;
    /** Beyond it who adds does it: no more must be left undone than can be caught up with. */
    private static final int BACKLOG_MAX = 1_000;

    private static final int SETTLE_SECONDS = 10;

    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("sandbox-after").start(this::loop);
    private volatile boolean closed;

    void add(Runnable work) {
        if (queue.size() < BACKLOG_MAX) {
            queue.add(work);
        } else {
            work.run();
        }
    }

    /** Returns once everything that was added before has been done, or some seconds have passed. */
    void settle() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        queue.add(done::countDown);
        LockSupport.unpark(thread);
        if (!done.await(SETTLE_SECONDS, TimeUnit.SECONDS)) {
            System.getLogger(Afterwards.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "files of removed containers are not all deleted yet; the next command goes on with it");
        }
    }

    /** Returns once everything has been done. */
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
        queue.forEach(Afterwards::run);
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
            due.forEach(Afterwards::run);
            due.clear();
        }
    }

    /** The next are to be done nevertheless. */
    private static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            System.getLogger(Afterwards.class.getName())
                    .log(System.Logger.Level.ERROR, "what was left for after a start or an end has failed", e);
        }
    }
}
