package io.slipway.sandbox.log;

import io.slipway.linux.SparseFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/** Appends to a log. */
final class LogWriter implements AutoCloseable {
    private static final int CHUNK_BYTES = 256 * 1024;
    private final LogLimits limits;
    private final FullSegment full;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private Tail tail;
    private FileChannel channel;

    /** @param full is told of each segment that is full */
    LogWriter(Tail tail, LogLimits limits, FullSegment full) throws IOException {
        this.tail = tail;
        this.limits = limits;
        this.full = full;
        channel = open(tail);
    }

    private static FileChannel open(Tail tail) throws IOException {
        FileChannel channel =
                FileChannel.open(tail.segment().path(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        // What a collector that was killed has written of a record.
        if (channel.size() > tail.bytes()) {
            channel.truncate(tail.bytes());
        }
        return channel;
    }

    Tail tail() {
        return tail;
    }

    /** What was appended so far is on disk when this returns. */
    void flush() throws IOException {
        channel.force(false);
    }

    /** Copies what a stream's file has more than was taken of it. */
    void copy(LogStream stream, Path file) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = from.size();
            // Asked for after the size: nothing of that size was written later.
            Instant at = stamp(Files.getLastModifiedTime(file).toInstant());
            if (size < tail.taken(stream)) {
                begin(tail.restarted(stream));
            }
            while (tail.taken(stream) < size) {
                ByteBuffer into = ByteBuffer.wrap(chunk);
                into.limit((int) Math.min(room(), size - tail.taken(stream)));
                int n = from.read(into, tail.taken(stream));
                if (n <= 0) {
                    return;
                }
                // Looked at after the reading: a hole may have come there meanwhile, which reads as zeros.
                long data = SparseFile.data(file, tail.taken(stream));
                if (data > tail.taken(stream)) {
                    rotateTo(tail.skipped(stream, firstLine(from, data, size)));
                    continue;
                }
                append(stream, tail.taken(stream) + n < size ? wholeLines(n) : n, at);
                if (tail.bytes() >= limits.segmentBytes()) {
                    rotate();
                }
            }
        }
    }

    /** Behind a hole: after the rest of the block that it ends in, which is zeros, and of the line that has lost its beginning. */
    private long firstLine(FileChannel from, long data, long size) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(chunk);
        into.limit((int) Math.clamp(size - data, 0, CHUNK_BYTES));
        int count = into.hasRemaining() ? Math.max(0, from.read(into, data)) : 0;
        int start = 0;
        while (start < count && chunk[start] == 0) {
            start++;
        }
        int end = start;
        while (end < count && chunk[end] != '\n') {
            end++;
        }
        return Math.min(size, data + (end < count ? end + 1 : start));
    }

    /** What is read at once: no more than what may fit into the segment, but a whole record. */
    private long room() {
        long left = limits.segmentBytes() - tail.bytes();
        return Math.min(CHUNK_BYTES, Math.max(RecordFormat.CONTENT_BYTES_MAX + 1, left));
    }

    /** As many bytes of the chunk as end with a line; all, if none does. */
    private int wholeLines(int count) {
        int end = count;
        while (end > 0 && chunk[end - 1] != '\n') {
            end--;
        }
        return end == 0 ? count : end;
    }

    /** Never before an earlier record, nor in the future: a container may set its files' times as it likes. */
    private Instant stamp(Instant modified) {
        Instant now = Instant.now();
        Instant notAfter = modified.isAfter(now) ? now : modified;
        return notAfter.isBefore(tail.last()) ? tail.last() : notAfter;
    }

    /** As many records of the chunk as the segment has room for, and at least one: what is before them makes short lines much longer. */
    private void append(LogStream stream, int count, Instant at) throws IOException {
        byte[] whole = RecordFormat.prefix(at, stream, true);
        byte[] part = RecordFormat.prefix(at, stream, false);
        ByteArrayOutputStream records = new ByteArrayOutputStream(2 * count);
        int start = 0;
        while (start < count && tail.bytes() + records.size() < limits.segmentBytes()) {
            int end = start;
            int longest = Math.min(count, start + RecordFormat.CONTENT_BYTES_MAX);
            while (end < longest && chunk[end] != '\n') {
                end++;
            }
            boolean isWhole = end < count && chunk[end] == '\n';
            records.writeBytes(isWhole ? whole : part);
            records.write(chunk, start, end - start);
            records.write('\n');
            start = isWhole ? end + 1 : end;
        }
        ByteBuffer out = ByteBuffer.wrap(records.toByteArray());
        long written = out.remaining();
        while (out.hasRemaining()) {
            channel.write(out, tail.bytes() + out.position());
        }
        tail = tail.plus(stream, start, written, at);
    }

    private void rotate() throws IOException {
        rotateTo(tail.rotated());
    }

    private void rotateTo(Tail next) throws IOException {
        full.read();
        begin(next);
        List<LogSegment> segments = LogSegment.all(tail.segment().directory());
        for (LogSegment oldest : segments.subList(0, Math.max(0, segments.size() - limits.segments()))) {
            Files.deleteIfExists(oldest.path());
        }
    }

    private void begin(Tail next) throws IOException {
        // What is in it may be needed once holes are made where it came from.
        channel.force(false);
        channel.close();
        tail = next;
        channel = open(next);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
