package io.slipway.image;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps threads and processes that work on one store out of each other's way. Each lock is one byte of one file (fcntl(2), F_SETLK), so nothing is
 * left to clean up, and the kernel lets go when a process ends, in whatever way.
 *
 * <p>Such locks belong to the process: closing any descriptor of the file would lose them all. So there is one for each file, which is never
 * closed, and who waits asks again instead of blocking in the kernel, where an interrupt would close it.
 */
final class StoreLocks {
    private static final Map<Path, StoreLocks> OF = new HashMap<>();
    private static final long ASK_AGAIN_MS = 50;
    /** The first 56 bits of a digest are a position; those above are free for other things. */
    private static final int DIGITS = 14;

    private static final long USE = Long.MAX_VALUE - 1;

    private final FileChannel channel;
    private final Object identity;
    private final Map<Long, Entry> held = new HashMap<>();

    private StoreLocks(FileChannel channel, Object identity) {
        this.channel = channel;
        this.identity = identity;
    }

    static StoreLocks of(Path directory) throws IOException {
        Path file = directory.toAbsolutePath().normalize().resolve(".lock");
        synchronized (OF) {
            StoreLocks known = OF.get(file);
            // A directory that was removed and made again has another file.
            if (known == null || !Optional.of(known.identity).equals(identity(file))) {
                FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                known = new StoreLocks(channel, identity(file).orElseThrow());
                OF.put(file, known);
            }
            return known;
        }
    }

    /** To bring content in: one at a time. */
    Held content(Digest digest) throws InterruptedIOException, IOException {
        return take(position(digest), false);
    }

    /** To use what is in the store: as long as it is held, nothing is removed that was there or came in. */
    Held use() throws IOException {
        return take(USE, true);
    }

    /**
     * To remove from the store.
     *
     * @throws ImageException if somebody used it all that time
     */
    Held removal(Duration within) throws IOException {
        long deadlineNanos = System.nanoTime() + within.toNanos();
        while (true) {
            Optional<Held> got = tryTake(USE, false);
            if (got.isPresent()) {
                return got.get();
            }
            if (deadlineNanos - System.nanoTime() <= 0) {
                throw new ImageException("the store was in use for " + within.toSeconds()
                        + " s: an image is being pulled or a container started; nothing was removed. Try again later");
            }
            pause();
        }
    }

    private Held take(long position, boolean shared) throws IOException {
        while (true) {
            Optional<Held> got = tryTake(position, shared);
            if (got.isPresent()) {
                return got.get();
            }
            pause();
        }
    }

    private synchronized Optional<Held> tryTake(long position, boolean shared) throws IOException {
        Entry known = held.get(position);
        if (known == null) {
            @Nullable FileLock lock = lock(position, shared);
            if (lock == null) {
                return Optional.empty();
            }
            held.put(position, new Entry(lock));
        } else if (shared && known.lock.isShared()) {
            known.holders++;
        } else {
            return Optional.empty();
        }
        return Optional.of(() -> release(position));
    }

    private @Nullable FileLock lock(long position, boolean shared) throws IOException {
        try {
            return channel.tryLock(position, 1, shared);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private synchronized void release(long position) throws IOException {
        Entry entry = held.get(position);
        if (entry != null && --entry.holders == 0) {
            held.remove(position);
            entry.lock.release();
        }
    }

    private static long position(Digest digest) {
        return HexFormat.fromHexDigitsToLong(digest.hex(), 0, DIGITS);
    }

    private static Optional<Object> identity(Path file) throws IOException {
        return Files.exists(file)
                ? Optional.ofNullable(Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class)
                        .fileKey())
                : Optional.empty();
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(ASK_AGAIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for another process that works on the same");
        }
    }

    /** A lock of this process, and how many of its threads have it. */
    private static final class Entry {
        private final FileLock lock;
        private int holders = 1;

        Entry(FileLock lock) {
            this.lock = lock;
        }
    }

    /** To be let go of, once. */
    interface Held extends AutoCloseable {
        @Override
        void close() throws IOException;
    }
}
