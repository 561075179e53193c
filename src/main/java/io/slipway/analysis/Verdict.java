package io.slipway.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One look at both arms: the outcome over all stop conditions, with the evidence.
 *
 * @param commonCause true when the control is as bad, so that what regressed is not this release's doing: hold, do not revert
 * @param windowsUsed windows counted on both arms
 * @param windowsLeftOut windows left out (warm-up, broken, unequal rates)
 * @param version of the judge's code, so that a recorded verdict can be made again
 */
public record Verdict(
        Instant at,
        Outcome outcome,
        boolean commonCause,
        List<MetricVerdict> metrics,
        int windowsUsed,
        int windowsLeftOut,
        String sentence,
        String version) {
    /** Of a look that the judge could not take: nothing is reverted, and nothing called healthy. */
    public static Verdict failed(Instant at, String why) {
        String sentence = "the judge failed on what was measured (" + why
                + "): report it, with 'slipway replay ROLLOUT --save FILE'";
        return new Verdict(at, Outcome.METRICS_BROKEN, false, List.of(), 0, 0, sentence, Judge.VERSION);
    }

    /** True when this look must end the rollout. */
    public boolean reverts() {
        return outcome == Outcome.REGRESSED && !commonCause;
    }

    /**
     * With what a comparison with the same hours of the day before shows in place of 'no control'. It is weaker: what changed between the days is in it,
     * so it is shown and decides nothing.
     *
     * @param seasonal of the relative conditions, in their order; one that knows no difference changes nothing
     */
    public Verdict beside(List<MetricVerdict> seasonal) {
        List<MetricVerdict> all = new ArrayList<>(metrics);
        for (int i = 0; i < Math.min(seasonal.size(), all.size()); i++) {
            if (Double.isFinite(seasonal.get(i).estimate())) {
                all.set(i, seasonal.get(i).asSeasonal());
            }
        }
        return new Verdict(at, outcome, commonCause, all, windowsUsed, windowsLeftOut, sentence, version);
    }

    /** The sentence for where there is room for one line: without evidence, each condition's difference in place of its whole finding. */
    public String inBrief() {
        List<MetricVerdict> open = metrics.stream()
                .filter(m -> m.outcome() == Outcome.NOT_ENOUGH_EVIDENCE)
                .toList();
        boolean listed = open.size() > 1 && open.stream().allMatch(m -> sentence.contains(m.sentence()));
        if (outcome != Outcome.NOT_ENOUGH_EVIDENCE || commonCause || !listed) {
            return sentence;
        }
        String differences = open.stream()
                .filter(m -> Double.isFinite(m.estimate()) && Double.isFinite(m.margin()))
                .map(Verdict::difference)
                .collect(Collectors.joining(", "));
        return "not enough evidence yet on " + metrics.getFirst().controlRequests() + " (control) and "
                + metrics.getFirst().candidateRequests() + " (candidate) requests"
                + (differences.isEmpty() ? "" : ": " + differences);
    }

    private static String difference(MetricVerdict m) {
        return m.isBound() || Double.isNaN(m.control())
                ? m.sentence()
                : Figures.name(m.metric()) + " " + Figures.difference(m.metric(), m.estimate()) + " (tolerated "
                        + Figures.difference(m.metric(), m.margin()) + ")";
    }
}
