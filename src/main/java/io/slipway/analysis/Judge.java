package io.slipway.analysis;

import io.slipway.base.MetricWindow;
import java.time.Instant;
import java.util.List;

/**
 * Says from both arms' windows whether the candidate regressed. Its error rates hold for all looks together: whoever looks every second
 * for a day reverts a healthy candidate with probability {@link JudgeSpec#alpha()} at most. Derivation: {@code src/docs/judge.md}.
 */
public final class Judge {
    /** Changes whenever the same windows could give another verdict. */
    public static final String VERSION = "judge-7";

    private Judge() {}

    /**
     * One look.
     *
     * @param since when the comparison began; silence since then is broken metrics
     * @param windows of control and candidate since then, in any order; others and duplicates are passed over
     */
    public static Verdict look(JudgeSpec spec, Instant since, List<MetricWindow> windows, Instant now) {
        Comparison comparison = new Comparison(spec, since);
        windows.forEach(comparison::add);
        return comparison.look(now);
    }

    /** One look at a comparison that began with its first window. */
    public static Verdict look(JudgeSpec spec, List<MetricWindow> windows, Instant now) {
        Instant since = windows.stream()
                .map(MetricWindow::start)
                .min(Instant::compareTo)
                .orElse(now);
        return look(spec, since, windows, now);
    }
}
