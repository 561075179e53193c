package io.slipway.sandbox.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a log ends.
 *
 * @param bytes of the segment that are whole records
 * @param stdout how many bytes of that stream have been taken, this segment's included
 * @param last time of its last record; the epoch when it has none
 */
record Tail(LogSegment segment, long bytes, long stdout, long stderr, Instant last) {
    long taken(LogStream stream) {
        return stream == LogStream.STDOUT ? stdout : stderr;
    }

    Tail plus(LogStream stream, long takenMore, long written, Instant at) {
        return new Tail(
                segment,
                bytes + written,
                stdout + (stream == LogStream.STDOUT ? takenMore : 0),
                stderr + (stream == LogStream.STDERR ? takenMore : 0),
                at);
    }

    /** With a fresh segment. */
    Tail rotated() {
        LogSegment next = new LogSegment(segment.directory(), segment.number() + 1, stdout, stderr);
        return new Tail(next, 0, stdout, stderr, last);
    }

    /** As {@link #rotated}, of a stream whose file was cut off by the container. */
    Tail restarted(LogStream stream) {
        long out = stream == LogStream.STDOUT ? 0 : stdout;
        long err = stream == LogStream.STDERR ? 0 : stderr;
        return new Tail(new LogSegment(segment.directory(), segment.number() + 1, out, err), 0, out, err, last);
    }

    /** As {@link #rotated}, of a stream of which what lies before that many bytes is gone and was never taken. */
    Tail skipped(LogStream stream, long to) {
        long out = stream == LogStream.STDOUT ? to : stdout;
        long err = stream == LogStream.STDERR ? to : stderr;
        return new Tail(new LogSegment(segment.directory(), segment.number() + 1, out, err), 0, out, err, last);
    }

    /** @param known from before, which is right if nobody else has written since */
    static Tail find(Path directory, @Nullable Tail known) throws IOException {
        List<LogSegment> segments = LogSegment.all(directory);
        if (segments.isEmpty()) {
            return new Tail(new LogSegment(directory, 1, 0, 0), 0, 0, 0, Instant.EPOCH);
        }
        LogSegment last = segments.getLast();
        if (known != null && known.segment.equals(last) && Files.size(last.path()) == known.bytes) {
            return known;
        }
        return scan(last);
    }

    private static Tail scan(LogSegment segment) throws IOException {
        Tail tail = new Tail(segment, 0, segment.stdout(), segment.stderr(), Instant.EPOCH);
        try (SegmentReader reader = new SegmentReader(segment.path())) {
            for (Optional<LogRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
                LogRecord record = next.get();
                long written = reader.position() - tail.bytes;
                tail = tail.plus(record.stream(), RecordFormat.taken(record), written, record.at());
            }
        }
        return tail;
    }
}
