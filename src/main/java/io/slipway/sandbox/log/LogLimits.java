package io.slipway.sandbox.log;

/**
 * How much of what a container wrote is kept.
 *
 * @param segmentBytes at which a new segment is begun
 * @param segments that are kept, the newest ones; at least 2
 */
public record LogLimits(long segmentBytes, int segments) {
    /** 256 MiB. */
    public static final LogLimits DEFAULT = new LogLimits(32L << 20, 8);

    public LogLimits {
        if (segmentBytes < 1 || segments < 2) {
            throw new IllegalArgumentException("a log of " + segments + " segments of " + segmentBytes
                    + " bytes keeps nothing; at least 2 of at least 1 byte");
        }
    }
}
