package io.slipway.sandbox.log;

import io.slipway.linux.SparseFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The log of one container. Any number of processes may collect, one at a time; whoever is killed in the midst of it leaves nothing lost or doubled,
 * as where to go on is told by the segments themselves.
 */
public final class ContainerLog {
    /** Holes are made in steps: each costs a flush of the segments, and readers of the raw file need not be in step with us. */
    private static final long HOLE_STEP_BYTES = 1 << 20;

    private static final long HOLE_ALIGNMENT = 64 * 1024;
    private final Path directory;
    private final Map<LogStream, Path> files;
    private final LogLimits limits;
    private final Map<LogStream, Long> holes = new EnumMap<>(LogStream.class);
    private @Nullable Tail tail;

    /**
     * @param directory of the segments, made when there is something to be kept; the one above it must be there
     * @param stdout file that the container appends to
     */
    public ContainerLog(Path directory, Path stdout, Path stderr, LogLimits limits) {
        this.directory = directory;
        this.limits = limits;
        files = new EnumMap<>(Map.of(LogStream.STDOUT, stdout, LogStream.STDERR, stderr));
    }

    public LogReader read() {
        return new LogReader(directory);
    }

    /**
     * Takes over what was written up to now.
     *
     * @return false when another process is at it
     */
    public boolean collect() throws IOException {
        return collect(FullSegment.UNREAD);
    }

    /** As {@link #collect()}, for who reads each segment before it may be removed. */
    public synchronized boolean collect(FullSegment full) throws IOException {
        if (nothingNew()) {
            return true;
        }
        if (!Files.isDirectory(directory)) {
            // Not those above it: a container that was removed stays so.
            Files.createDirectory(directory);
        }
        try (FileChannel channel = FileChannel.open(
                        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                @Nullable FileLock lock = channel.tryLock()) {
            if (lock != null) {
                take(full);
            }
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private boolean nothingNew() throws IOException {
        Tail known = tail;
        for (Map.Entry<LogStream, Path> file : files.entrySet()) {
            long taken = known == null ? 0 : known.taken(file.getKey());
            if (size(file.getValue()) != taken) {
                return false;
            }
        }
        return true;
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private void take(FullSegment full) throws IOException {
        Tail current = Tail.find(directory, tail);
        tail = null;
        try (LogWriter writer = new LogWriter(current, limits, full)) {
            for (Map.Entry<LogStream, Path> file : files.entrySet()) {
                if (Files.exists(file.getValue())) {
                    writer.copy(file.getKey(), file.getValue());
                }
            }
            for (Map.Entry<LogStream, Path> file : files.entrySet()) {
                makeHole(file.getKey(), file.getValue(), writer);
            }
            tail = writer.tail();
        }
    }

    private void makeHole(LogStream stream, Path file, LogWriter writer) throws IOException {
        long end = writer.tail().taken(stream) / HOLE_ALIGNMENT * HOLE_ALIGNMENT;
        if (end - holes.getOrDefault(stream, 0L) >= HOLE_STEP_BYTES) {
            writer.flush();
            SparseFile.punchHole(file, 0, end);
            holes.put(stream, end);
        }
    }
}
