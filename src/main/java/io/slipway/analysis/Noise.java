package io.slipway.analysis;

/**
 * How much the difference between two arms of the same revision wanders, beyond what counting requests explains: known from before the
 * comparison, since noise that is slow cannot be told from a regression while it is first seen. Long-run variances: that of the difference of
 * two arms' means over T seconds is the value divided by T.
 *
 * @param errorRate relative to the square of the error rate
 * @param tail of the share of requests slower than the arm's own p95
 * @param cost relative to the square of the cost per request
 */
public record Noise(double errorRate, double tail, double cost) {
    /** Nothing is known. */
    public static final Noise UNKNOWN = new Noise(0, 0, 0);

    /** Seconds after which what is seen counts as much as what was known. */
    private static final double SECONDS = 3600;

    /** What is left of it when so much was seen. */
    static double left(double seconds) {
        return SECONDS / (SECONDS + seconds);
    }
}
