package io.slipway.sandbox.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a log from its beginning on, each record once, also while it grows and is rotated. For one thread. */
public final class LogReader implements AutoCloseable {
    private final Path directory;
    private @Nullable SegmentReader reader;
    private int number;
    private int missed;

    LogReader(Path directory) {
        this.directory = directory;
    }

    /** Empty when there is no more for now. */
    public Optional<LogRecord> next() throws IOException {
        while (true) {
            // Looked for first: what was written before the next segment was begun is then read before going there.
            Optional<LogSegment> following = following();
            if (reader != null) {
                Optional<LogRecord> record = reader.next();
                if (record.isPresent()) {
                    return record;
                }
            }
            if (following.isEmpty()) {
                return Optional.empty();
            }
            open(following.get());
        }
    }

    /** Segments that were removed before they were read, as more was written meanwhile than is kept. */
    public int missed() {
        return missed;
    }

    private Optional<LogSegment> following() throws IOException {
        if (reader != null && reader.hasBuffered()) {
            return Optional.empty();
        }
        List<LogSegment> segments = LogSegment.all(directory);
        return segments.stream().filter(segment -> segment.number() > number).findFirst();
    }

    private void open(LogSegment segment) throws IOException {
        close();
        if (number > 0) {
            missed += segment.number() - number - 1;
        }
        number = segment.number();
        try {
            reader = new SegmentReader(segment.path());
        } catch (NoSuchFileException e) {
            // Removed between the look and the open.
            missed++;
        }
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
