package io.slipway.control;

import io.slipway.analysis.Sample;
import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.release.OwnSeries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a comparison is made of, from the rows. */
final class JudgeInputs {
    /** The same hours: traffic has the shape of a day. */
    static final Duration SEASON = Duration.ofDays(1);

    private final MetricSource metrics;
    private final OwnSeriesStore series;

    JudgeInputs(MetricSource metrics, OwnSeriesStore series) {
        this.metrics = metrics;
        this.series = series;
    }

    /** Both arms' windows, and the samples of series of the team's own. */
    List<Arrived> of(Rollout rollout, Instant from, Instant to) {
        List<Arrived> all = new ArrayList<>(metrics.windows(rollout.revision(), Arm.CANDIDATE, from, to));
        rollout.stable().ifPresent(stable -> all.addAll(metrics.windows(stable, Arm.CONTROL, from, to)));
        for (OwnSeries own : OwnSeries.of(rollout.spec().release().stopConditions())) {
            all.addAll(samples(own, rollout.revision(), Arm.CANDIDATE, from, to));
            rollout.stable()
                    .filter(stable -> own.isByRevision())
                    .ifPresent(stable -> all.addAll(samples(own, stable, Arm.CONTROL, from, to)));
        }
        return all;
    }

    private List<ArrivedSample> samples(OwnSeries own, RevisionId revision, Arm arm, Instant from, Instant to) {
        return series.values(revision, own, from, to).stream()
                .map(s -> new ArrivedSample(
                        new Sample(
                                own,
                                revision,
                                arm,
                                s.value().at(),
                                s.value().seconds(),
                                s.value().value()),
                        s.arrivedAt()))
                .toList();
    }

    /** The candidate's windows, and in place of a control's those of the stable revision at the same hours of the day before. */
    List<Arrived> seasonal(Rollout rollout, RevisionId stable, Instant from, Instant to) {
        List<Arrived> all = new ArrayList<>(metrics.windows(rollout.revision(), Arm.CANDIDATE, from, to));
        metrics.windows(stable, from.minus(SEASON), to.minus(SEASON)).forEach(w -> all.add(later(w)));
        return all;
    }

    /** Whatever arm it was then; windows of two arms of one host stay two. */
    private static ArrivedWindow later(ArrivedWindow arrived) {
        MetricWindow w = arrived.window();
        HostName host = new HostName(w.host().value() + "." + w.arm().name().toLowerCase(Locale.ROOT));
        MetricWindow shifted = w.at(Arm.CONTROL, host, w.start().plus(SEASON));
        return new ArrivedWindow(shifted, arrived.at().plus(SEASON));
    }
}
