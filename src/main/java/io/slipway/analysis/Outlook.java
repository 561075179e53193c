package io.slipway.analysis;

/**
 * What can be expected of a metric without a verdict, if traffic and difference stay as they are. Widths of intervals fall with the root of the
 * time.
 *
 * @param detectable smallest difference, beyond the margin, that could be told from none by now, in the condition's terms
 * @param secondsToVerdict time until an end of the interval passes the margin; infinite when the estimate is at the margin
 */
public record Outlook(double detectable, double secondsToVerdict) {
    /** @param seconds that were compared */
    static Outlook of(double estimate, double low, double high, double margin, double seconds) {
        boolean worse = estimate > margin;
        double width = worse ? estimate - low : high - estimate;
        double times = width / Math.abs(estimate - margin);
        return new Outlook(width, Math.max(0, seconds * (times * times - 1)));
    }
}
