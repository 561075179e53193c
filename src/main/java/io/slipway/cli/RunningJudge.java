package io.slipway.cli;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Verdict;
import io.slipway.base.MetricWindow;
import java.time.Duration;
import java.time.Instant;

/** Takes windows in order of their ends, and looks every 10 s of the data, as a watch does; longer windows are looked at one by one. */
final class RunningJudge {
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final Comparison comparison;
    private final StringBuilder lines = new StringBuilder();
    private Instant due;
    private Instant end;
    private boolean looked = true;
    private boolean over;

    /** {@code begin}: of the first window. */
    RunningJudge(JudgeSpec spec, Instant begin) {
        this.comparison = new Comparison(spec, begin);
        this.due = begin.plus(LOOK);
        this.end = begin;
    }

    void add(MetricWindow window) {
        Instant until = RecordedData.endOf(window);
        if (until.isBefore(end)) {
            throw new WindowFeed.Unusual();
        }
        if (until.isAfter(end) && !looked && !end.isBefore(due)) {
            look();
        }
        if (!over) {
            comparison.add(window);
            looked = until.equals(end) && looked;
            end = until;
        }
    }

    /** All lines: the last window is looked at however short the time since the look before. */
    String finish() {
        if (!looked && !over) {
            look();
        }
        return lines.toString();
    }

    private void look() {
        Verdict verdict = comparison.look(end);
        lines.append(LookJson.of(verdict)).append(System.lineSeparator());
        due = end.plus(LOOK);
        looked = true;
        over = verdict.reverts();
    }
}
