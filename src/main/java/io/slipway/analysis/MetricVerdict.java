package io.slipway.analysis;

import io.slipway.release.Metric;
import org.jspecify.annotations.Nullable;

/**
 * What was found for one stop condition.
 *
 * @param control value on the control arm (share, ms, or currency per request); NaN without one
 * @param candidate value on the candidate arm
 * @param estimate difference in the condition's terms: relative for latency and cost, points for the error rate
 * @param low lower end of the confidence sequence for the estimate; a sequence holds at all later looks, so it is renewed only as evidence grows
 * @param high upper end
 * @param margin what was declared as tolerable, in the same terms; the boundary
 * @param alpha false-revert probability given to this condition for the whole watch; 0 for an absolute bound, which is no test: its estimate, low and high
 *     are the candidate's value, its margin is the bound
 * @param controlRequests requests counted on the control arm
 * @param candidateRequests requests counted on the candidate arm
 * @param sentence the finding in plain words, with its figures and units
 * @param outlook when a verdict can be expected; null when there is one, or nothing can be said
 */
public record MetricVerdict(
        Metric metric,
        Outcome outcome,
        double control,
        double candidate,
        double estimate,
        double low,
        double high,
        double margin,
        double alpha,
        long controlRequests,
        long candidateRequests,
        String sentence,
        @Nullable Outlook outlook) {
    /** Whether the candidate's value itself is bounded, not its difference from the control's. */
    public boolean isBound() {
        return alpha == 0 || metric.isLimit();
    }

    /** Marked as weaker; not a verdict of its own. */
    MetricVerdict asSeasonal() {
        return new MetricVerdict(
                metric,
                outcome,
                control,
                candidate,
                estimate,
                low,
                high,
                margin,
                alpha,
                controlRequests,
                candidateRequests,
                sentence + "; seasonal: against the same hours of the day before, which is weaker, so it is only shown",
                outlook);
    }

    /** Without an outlook. */
    public MetricVerdict(
            Metric metric,
            Outcome outcome,
            double control,
            double candidate,
            double estimate,
            double low,
            double high,
            double margin,
            double alpha,
            long controlRequests,
            long candidateRequests,
            String sentence) {
        this(
                metric,
                outcome,
                control,
                candidate,
                estimate,
                low,
                high,
                margin,
                alpha,
                controlRequests,
                candidateRequests,
                sentence,
                null);
    }
}
