package io.slipway.image;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Does the same to all layers of an image, some at once. When one fails the others are given up. */
final class LayersAtOnce {
    /** One takes a processor to inflate and another to write; more help where the source is slow. */
    private static final int AT_ONCE = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 4);

    private final int layers;
    private final Work work;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads;

    private LayersAtOnce(int layers, Work work) {
        this.layers = layers;
        this.work = work;
        this.threads = Stream.generate(
                        () -> Thread.ofPlatform().daemon().name("layer-", 0).unstarted(this::some))
                .limit(Math.min(layers, AT_ONCE))
                .toList();
    }

    /** Work on one layer, by its index. */
    interface Work {
        void on(int layer) throws IOException;
    }

    /** Returns when all is done, or throws what failed first. */
    static void each(int layers, Work work) throws IOException {
        LayersAtOnce all = new LayersAtOnce(layers, work);
        all.threads.forEach(Thread::start);
        try {
            for (Thread thread : all.threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            all.fail(new InterruptedIOException("interrupted while layers were unpacked"));
            all.threads.forEach(LayersAtOnce::awaitEnd);
        }
        all.check();
    }

    private void some() {
        for (int i = next.getAndIncrement(); i < layers && failure.get() == null; i = next.getAndIncrement()) {
            try {
                work.on(i);
            } catch (IOException | RuntimeException | Error e) {
                fail(e);
            }
        }
    }

    private void fail(Throwable cause) {
        if (failure.compareAndSet(null, cause)) {
            threads.forEach(Thread::interrupt);
        }
    }

    private void check() throws IOException {
        switch (failure.get()) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IOException(e);
        }
    }

    /** What is half done is removed by its thread, so nobody goes on before. */
    static void awaitEnd(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
