package io.slipway.sandbox.log;

/**
 * How much of what a container wrote is kept.
 *
 * @param segmentBytes at which a new segment is begun; the record that passes it is still in the old one
 * @param segments that are kept, the newest ones; 2 to 10,000
 */
public record LogLimits(long segmentBytes, int segments) {
    /** 256 MiB. */
    public static final LogLimits DEFAULT = new LogLimits(32L << 20, 8);

    private static final int SEGMENTS_MIN = 2;
    private static final int SEGMENTS_MAX = 10_000;

    /** Of all files together. */
    public long bytes() {
        return segments > Long.MAX_VALUE / segmentBytes ? Long.MAX_VALUE : segmentBytes * segments;
    }

    public LogLimits {
        if (segmentBytes < 1) {
            throw new IllegalArgumentException("a log's files of " + segmentBytes + " bytes keep nothing");
        }
        if (segments < SEGMENTS_MIN || segments > SEGMENTS_MAX) {
            throw new IllegalArgumentException("a log of " + segments + " files is not within " + SEGMENTS_MIN + " and "
                    + SEGMENTS_MAX + ": one is written to, and at least one keeps what came before");
        }
    }
}
