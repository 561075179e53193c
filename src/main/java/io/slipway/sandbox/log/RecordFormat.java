package io.slipway.sandbox.log;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * A record in a segment, as the Container Runtime Interface writes logs, which collectors of logs know: {@code 2026-11-24T18:10:00.123456789Z stdout F
 * content}. What stands before the content is always {@value #PREFIX_BYTES} bytes long, so a segment's length tells how much it holds of each stream.
 */
final class RecordFormat {
    static final int PREFIX_BYTES = 40;
    /** Longer ones are split. */
    static final int CONTENT_BYTES_MAX = 16 * 1024;

    private static final int TIME_CHARS = 30;
    private static final int STREAM_AT = TIME_CHARS + 1;
    private static final int TAG_AT = STREAM_AT + 7;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

    private RecordFormat() {}

    static byte[] prefix(Instant at, LogStream stream, boolean whole) {
        return (TIME.format(at) + ' ' + stream.word() + (whole ? " F " : " P ")).getBytes(StandardCharsets.US_ASCII);
    }

    static String time(Instant at) {
        return TIME.format(at);
    }

    /** @param line without its line feed; empty when it is no record */
    static Optional<LogRecord> parse(byte[] line) {
        if (line.length < PREFIX_BYTES) {
            return Optional.empty();
        }
        String prefix = new String(line, 0, PREFIX_BYTES, StandardCharsets.US_ASCII);
        try {
            Instant at = Instant.parse(prefix.substring(0, TIME_CHARS));
            LogStream stream =
                    prefix.startsWith(LogStream.STDOUT.word(), STREAM_AT) ? LogStream.STDOUT : LogStream.STDERR;
            byte[] content = java.util.Arrays.copyOfRange(line, PREFIX_BYTES, line.length);
            return Optional.of(new LogRecord(at, stream, prefix.charAt(TAG_AT) == 'F', content));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** How many bytes of its stream a record stands for. */
    static long taken(LogRecord record) {
        return record.content().length + (record.whole() ? 1 : 0);
    }
}
