package io.slipway.cli;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Prices;
import io.slipway.analysis.Verdict;
import io.slipway.base.MetricWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A recorded comparison judged again: a look every ten seconds, up to the first that reverts. */
final class Replay {
    private static final Duration LOOK = Duration.ofSeconds(10);

    /** Looks whose outcome differs from the one before. */
    private final List<Verdict> changes = new ArrayList<>();

    private final Totals control;
    private final Totals candidate;
    private int looks;

    @Nullable
    private Verdict last;

    private Replay(Prices prices) {
        control = new Totals(prices);
        candidate = new Totals(prices);
    }

    static Replay of(RecordingHead head, JudgeSpec spec, RecordedArms arms) {
        Replay replay = new Replay(spec.prices());
        List<MetricWindow> windows = new ArrayList<>(arms.control().windows());
        windows.addAll(arms.candidate().windows());
        windows.sort(Comparator.comparing(MetricWindow::start).thenComparing(MetricWindow::arm));
        replay.run(new Comparison(spec, head.since()), windows, head);
        return replay;
    }

    private void run(Comparison comparison, List<MetricWindow> windows, RecordingHead head) {
        int next = 0;
        for (Instant now = head.since().plus(LOOK);
                !reverts() && !now.minus(LOOK).isAfter(head.until());
                now = now.plus(LOOK)) {
            while (next < windows.size()
                    && !RecordedData.endOf(windows.get(next)).isAfter(now)) {
                MetricWindow window = windows.get(next++);
                comparison.add(window);
                (window.arm() == io.slipway.base.Arm.CONTROL ? control : candidate).add(window);
            }
            look(comparison.look(now));
        }
    }

    private void look(Verdict verdict) {
        looks++;
        Verdict before = last;
        if (before == null || before.outcome() != verdict.outcome() || before.commonCause() != verdict.commonCause()) {
            changes.add(verdict);
        }
        last = verdict;
    }

    boolean reverts() {
        return last != null && last.reverts();
    }

    List<Verdict> changes() {
        return changes;
    }

    int looks() {
        return looks;
    }

    /** Empty only for a recording that ended before its first look. */
    @Nullable
    Verdict last() {
        return last;
    }

    Totals candidate() {
        return candidate;
    }

    /** Errors beyond those at the control's rate; below 0 when there were fewer. NaN without a control. */
    double errorsMore() {
        return candidate.errors - candidate.requests * ((double) control.errors / control.requests);
    }

    /** Cost beyond that at the control's cost per request. */
    double costMore() {
        return candidate.cost - candidate.requests * (control.cost / control.requests);
    }

    /** What one arm did up to the last look. */
    static final class Totals {
        private final Prices prices;
        private long requests;
        private long errors;
        private double cost;

        Totals(Prices prices) {
            this.prices = prices;
        }

        private void add(MetricWindow w) {
            requests += Math.max(0, w.requests());
            errors += Math.max(0, w.errors());
            double price = prices.of(w.cpuSeconds(), w.memoryByteSeconds(), w.egress());
            cost += price > 0 ? price : 0;
        }

        long requests() {
            return requests;
        }

        long errors() {
            return errors;
        }

        double cost() {
            return cost;
        }
    }
}
