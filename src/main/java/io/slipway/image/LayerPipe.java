package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A layer's way through three threads: one reads and inflates ahead, one hashes what is inflated, and the caller writes it to the disk. They hand on
 * chunks of a ring in native memory, so the memory is bounded whatever the layer holds.
 */
final class LayerPipe implements ArchiveBytes, AutoCloseable {
    private static final int CHUNK_BYTES = 256 * 1024;
    private static final int CHUNKS = 16;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final InputStream source;
    private final long bytesMax;
    private final Arena arena = Arena.ofShared();
    private final @Nullable ByteBuffer[] ring = new ByteBuffer[CHUNKS];
    private final MessageDigest hash = Digest.newHash();
    private final Thread inflating;
    private final Thread hashing;

    // Counts of chunks, guarded by this.
    private long filled;
    private long hashed;
    private long taken;
    private boolean ended;
    private boolean closed;
    private @Nullable Throwable failure;

    private ByteBuffer current = NOTHING;

    /**
     * @param source of the compressed layer; closed with this
     * @param bytesMax of the uncompressed layer, beyond which it fails
     */
    LayerPipe(InputStream source, long bytesMax) {
        this.source = source;
        this.bytesMax = bytesMax;
        int number = NUMBER.incrementAndGet();
        inflating = Thread.ofPlatform().daemon().name("layer-inflate-" + number).start(() -> guarded(this::inflate));
        hashing = Thread.ofPlatform().daemon().name("layer-hash-" + number).start(() -> guarded(this::hash));
    }

    /** @throws CompressedInput.SourceFailed if the source failed before */
    @Override
    public ByteBuffer next(int max) throws IOException {
        if (!current.hasRemaining()) {
            current = nextChunk();
        }
        ByteBuffer some = current.slice(current.position(), Math.min(max, current.remaining()));
        current.position(current.position() + some.remaining());
        return some;
    }

    /** Reads to the end, of the source too, and returns the digest of all that came. */
    Digest finish() throws IOException {
        while (next(Integer.MAX_VALUE).hasRemaining()) {
            continue;
        }
        synchronized (this) {
            while (hashed < filled && failure == null) {
                await();
            }
            check();
        }
        return Digest.of(hash);
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            source.close();
        } finally {
            awaitEnd(inflating);
            awaitEnd(hashing);
            arena.close();
        }
    }

    private ByteBuffer nextChunk() throws IOException {
        synchronized (this) {
            if (current != NOTHING) {
                current = NOTHING;
                taken++;
                notifyAll();
            }
            while (filled == taken && !ended && failure == null) {
                await();
            }
            if (filled == taken) {
                check();
                return NOTHING;
            }
            return chunk(taken).duplicate();
        }
    }

    private void inflate() throws IOException {
        CompressedInput in = new CompressedInput(source);
        long bytes = 0;
        try (Inflation inflation = Inflation.of(in)) {
            for (ByteBuffer into = freeChunk(); into != null; into = freeChunk()) {
                inflation.fill(into.clear());
                into.flip();
                bytes += into.remaining();
                if (bytes > bytesMax) {
                    throw new IOException("it unpacks to more than " + bytesMax + " bytes, like a decompression bomb");
                }
                if (!into.hasRemaining()) {
                    in.drain();
                    end();
                    return;
                }
                filled();
            }
        }
    }

    private void hash() throws IOException {
        for (ByteBuffer chunk = unhashedChunk(); chunk != null; chunk = unhashedChunk()) {
            hash.update(chunk);
            synchronized (this) {
                hashed++;
                notifyAll();
            }
        }
    }

    /** @return null if nobody wants more */
    private synchronized @Nullable ByteBuffer freeChunk() throws IOException {
        while (filled - Math.min(taken, hashed) == CHUNKS && !closed && failure == null) {
            await();
        }
        if (closed || failure != null) {
            return null;
        }
        int at = (int) (filled % CHUNKS);
        ByteBuffer there = ring[at];
        ByteBuffer free = there != null ? there : arena.allocate(CHUNK_BYTES).asByteBuffer();
        ring[at] = free;
        return free;
    }

    private synchronized @Nullable ByteBuffer unhashedChunk() throws IOException {
        while (hashed == filled && !ended && !closed && failure == null) {
            await();
        }
        return closed || failure != null || hashed == filled
                ? null
                : chunk(hashed).duplicate();
    }

    @SuppressWarnings("NullAway")
    private ByteBuffer chunk(long number) {
        return ring[(int) (number % CHUNKS)];
    }

    private synchronized void filled() {
        filled++;
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    private void await() throws IOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while unpacking");
        }
    }

    private void check() throws IOException {
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IOException(failure);
        }
    }

    private void guarded(Stage stage) {
        try {
            stage.run();
        } catch (IOException | RuntimeException | Error e) {
            synchronized (this) {
                failure = failure == null ? e : failure;
                notifyAll();
            }
        }
    }

    /** Whatever interrupts the calling thread. */
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

    /** What one thread does. */
    private interface Stage {
        void run() throws IOException;
    }
}
