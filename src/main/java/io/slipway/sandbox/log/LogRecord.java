package io.slipway.sandbox.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * A line that a container wrote, or a part of one.
 *
 * @param at not before it was written; at most one look of the collector later while the agent runs. What was written while it did not run bears
 *     the time of the last write meanwhile
 * @param whole whether the line ends here; otherwise its rest is in the stream's next record
 * @param content without the line feed
 */
public record LogRecord(Instant at, LogStream stream, boolean whole, byte[] content) {
    /** Bytes that are no UTF-8 are replaced. */
    public String text() {
        return new String(content, StandardCharsets.UTF_8);
    }
}
