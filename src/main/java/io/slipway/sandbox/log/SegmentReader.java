package io.slipway.sandbox.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/** Reads the whole records of a segment, from its beginning on, also while more are appended. */
final class SegmentReader implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private final FileChannel channel;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    /** Of the next record in the file; {@code next} and {@code filled} are places in the buffer. */
    private long position;

    private int next;
    private int filled;

    SegmentReader(Path path) throws IOException {
        channel = FileChannel.open(path, StandardOpenOption.READ);
    }

    /** Empty when no whole one is there yet. */
    Optional<LogRecord> next() throws IOException {
        int end = lineFeed();
        if (end < 0) {
            // What is there of a record may be cut off and written again: it is read again too.
            fill();
            end = lineFeed();
        }
        if (end < 0) {
            return Optional.empty();
        }
        byte[] line = Arrays.copyOfRange(buffer, next, end);
        position += line.length + 1;
        next = end + 1;
        Optional<LogRecord> record = RecordFormat.parse(line);
        return record.isPresent() ? record : next();
    }

    /** Whether the next record is at hand. */
    boolean hasBuffered() {
        return lineFeed() >= 0;
    }

    /** Where the whole records read so far end. */
    long position() {
        return position;
    }

    private int lineFeed() {
        for (int i = next; i < filled; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void fill() throws IOException {
        next = 0;
        filled = 0;
        ByteBuffer into = ByteBuffer.wrap(buffer);
        while (into.hasRemaining() && channel.read(into, position + into.position()) > 0) {
            filled = into.position();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
