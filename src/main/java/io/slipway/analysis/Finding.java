package io.slipway.analysis;

import io.slipway.release.Metric;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One relative condition's result.
 *
 * @param since the start that the evidence counts from, where it is not the first
 * @param obstacle why this metric cannot be called healthy now, whatever the figures; empty when it can
 */
record Finding(
        Tracked of,
        Outcome outcome,
        Evidence evidence,
        double low,
        double high,
        @Nullable Instant since,
        String obstacle,
        double seconds) {

    MetricVerdict verdict(long requests0, long requests1) {
        Outlook outlook = outlook();
        return new MetricVerdict(
                of.measure().metric(),
                outcome,
                evidence.control(),
                evidence.candidate(),
                evidence.estimate(),
                low,
                high,
                of.margin(),
                of.alpha(),
                requests0,
                requests1,
                sentence(outlook),
                outlook);
    }

    private @Nullable Outlook outlook() {
        boolean open = outcome == Outcome.NOT_ENOUGH_EVIDENCE && obstacle.isEmpty();
        double estimate = evidence.estimate();
        return open && Double.isFinite(low) && Double.isFinite(high) && Double.isFinite(estimate)
                ? Outlook.of(estimate, low, high, of.margin(), seconds)
                : null;
    }

    /** 'p95 is 212 ms against 180 ms, +18% (+11% to +24%), tolerated +10%: regressed, at most 1 in 300 to be chance'. */
    private String sentence(@Nullable Outlook outlook) {
        Metric metric = of.metric();
        String sentence = of.measure().name() + " is " + of.measure().value(evidence.candidate(), of.prices())
                + " against " + of.measure().value(evidence.control(), of.prices()) + ", "
                + Figures.difference(metric, evidence.estimate()) + " (" + Figures.difference(metric, low) + " to "
                + Figures.difference(metric, high) + "), tolerated " + Figures.difference(metric, of.margin()) + ": "
                + Figures.words(outcome) + tail(outlook);
        String from = since == null ? "" : ", since " + since;
        String spread = evidence.scale() > 1.005
                ? ", widened " + Figures.number(evidence.scale()) + "-fold for uneven windows"
                : "";
        return sentence + from + spread;
    }

    private String tail(@Nullable Outlook outlook) {
        if (!obstacle.isEmpty()) {
            return ", " + obstacle;
        }
        return switch (outcome) {
            case REGRESSED -> ", at most 1 in " + Math.round(1 / of.alpha()) + " to be chance";
            case HEALTHY -> ", at most 1 in " + Math.round(1 / Tracked.HEALTHY_ALPHA) + " to be wrong";
            case NOT_ENOUGH_EVIDENCE -> outlook == null ? "" : expected(outlook);
            case METRICS_BROKEN -> "";
        };
    }

    private String expected(Outlook outlook) {
        return ", so far only differences of about " + Figures.difference(of.metric(), outlook.detectable())
                + " can be told apart; "
                + (outlook.secondsToVerdict() < Figures.SECONDS_MAX
                        ? "a verdict is expected in " + Figures.duration(outlook.secondsToVerdict())
                        : "no verdict is in sight: the difference is too close to what is tolerated");
    }
}
