package io.slipway.image;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Content on its way into the store: written to disk by a thread of its own, and readable from the first byte on while it comes, so that unpacking
 * needs not wait for downloading nor the other way round.
 *
 * <p>Whoever asks for the same content at the same time shares the one transfer. It is broken off when nobody claims it any more.
 */
final class Arrival {
    private final Transfer transfer;
    private final Runnable over;
    private final Thread thread;
    private int claims;
    private Part part = new Part(Path.of(""), -1);
    private boolean ended;
    private Optional<IOException> failure = Optional.empty();

    /** The work itself. */
    interface Transfer {
        void run(Told told) throws IOException;
    }

    /** Hears of what came. */
    interface Told {
        /** So many bytes of this file may be read; the last time, all. What was told once stays so. */
        void readable(Path file, long bytes);
    }

    /** What may be read; negative while there is no file yet. */
    record Part(Path file, long bytes) {}

    /** @param over called when it has ended */
    Arrival(String name, Transfer transfer, Runnable over) {
        this.transfer = transfer;
        this.over = over;
        // Not a virtual one: it waits for disks and for other processes.
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /** Empty when it is over, so that a new one is needed. */
    synchronized Optional<Claim> claim() {
        if (ended) {
            return Optional.empty();
        }
        if (claims++ == 0) {
            thread.start();
        }
        return Optional.of(new Claim(this));
    }

    private void run() {
        try {
            transfer.run(this::arrived);
            end(Optional.empty());
        } catch (IOException e) {
            end(Optional.of(e));
        } catch (RuntimeException | Error e) {
            end(Optional.of(new IOException(thread.getName() + " failed: " + e, e)));
            throw e;
        }
    }

    private synchronized void arrived(Path file, long bytes) {
        part = new Part(file, bytes);
        notifyAll();
    }

    private void end(Optional<IOException> how) {
        synchronized (this) {
            failure = how;
            ended = true;
            notifyAll();
        }
        over.run();
    }

    synchronized boolean ended() {
        return ended;
    }

    synchronized void abandon() {
        if (--claims == 0 && !ended) {
            // The next who asks must not join one that is being broken off.
            ended = true;
            failure = Optional.of(new InterruptedIOException("nobody wanted it any more"));
            thread.interrupt();
        }
    }

    /** Waits until more bytes may be read than are known, or all is there and verified. */
    synchronized Part awaitMore(long known) throws IOException {
        await(() -> part.bytes() > known || ended);
        throwFailure();
        return part;
    }

    synchronized void awaitEnd() throws IOException {
        await(() -> ended);
        throwFailure();
    }

    private void throwFailure() throws IOException {
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private void await(BooleanSupplier news) throws InterruptedIOException {
        try {
            while (!news.getAsBoolean()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while content was on its way");
        }
    }
}
