package io.slipway.api;

import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Outcome;
import io.slipway.analysis.Verdict;
import io.slipway.base.HostName;
import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.control.OwnSeriesStore.Value;
import io.slipway.control.Views.RolloutView;
import io.slipway.control.Views.ServiceView;
import io.slipway.control.Views.WindowsOfHost;
import io.slipway.release.Metric;
import io.slipway.release.OwnSeries;
import io.slipway.release.ReleasePlan;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.StopCondition;
import io.slipway.rollout.Course;
import io.slipway.rollout.RolloutState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/** A worker that no edge sees, watched by series of its own: a pushed one that both revisions have, and a query that fails by now. */
public final class WorkerScene {
    public static final OwnSeries AGE = new OwnSeries(Metric.PUSHED, "queue_age_seconds");
    public static final OwnSeries FAILED = new OwnSeries(Metric.PROMETHEUS, "sum(rate(mails_failed_total[1m]))");
    private static final int MINUTES = 30;
    private static final double VALUE_SECONDS = 10;
    /** Values of the new revision that are missing in the middle. */
    private static final int MISSING_FROM = 60;

    private static final int MISSING_TO = 72;

    private final FrontServer server;
    private final Instant now;

    public WorkerScene(FrontServer server, Instant now) {
        this.server = server;
        this.now = now;
    }

    public RolloutView add(String name, String id) {
        ServiceName service = new ServiceName(name);
        RevisionId old = new RevisionId(service, 6);
        RevisionId revision = new RevisionId(service, 7);
        Instant began = now.minus(Duration.ofMinutes(MINUTES));
        values(old, AGE, i -> 12 + i % 5, -1, -1);
        values(revision, AGE, i -> 13 + i % 4 + i / 60.0, MISSING_FROM, MISSING_TO);
        values(revision, FAILED, i -> i % 30 == 0 ? 2 : 0.2, -1, -1);
        server.series.failed(service, FAILED, "the Prometheus did not answer within 10 s", now.minusSeconds(4));
        Course course = new Course(revision, Optional.of(old), Weight.ALL, Map.of("promoted", began));
        Instant end = began.plus(Duration.ofHours(24));
        Reason reason = new Reason("watching", "r7 is promoted and watched");
        RolloutView view = new RolloutView(
                new RolloutId(id),
                "rel-" + id,
                revision,
                Optional.of(old),
                3,
                new RolloutState.Watching(course, began, end, true),
                reason,
                Optional.of("the end of the watch"),
                Optional.empty(),
                Map.of(revision, Weight.ALL),
                course.milestones(),
                Map.of("watch", end),
                Optional.of(verdict()),
                spec(service),
                "alice@example.com",
                began,
                now);
        server.views.windowSources(
                service,
                List.of(
                        host("mail-1", Optional.of(now.minusSeconds(4))),
                        host("mail-2", Optional.of(now.minusSeconds(6))),
                        host("mail-3", Optional.of(now.minusSeconds(190))),
                        host("mail-4", Optional.empty()),
                        new WindowsOfHost(new HostName("mail-5"), now.minusSeconds(20), Optional.empty()),
                        new WindowsOfHost(
                                new HostName("mail-6"),
                                now.minusSeconds(3600),
                                Optional.of(new WindowsOfHost.Newest(now.minusSeconds(100), 60)))));
        server.views.put(new ServiceView(
                service,
                Optional.of(old),
                Optional.empty(),
                Optional.of(view),
                Optional.of(view),
                view.owner(),
                "r7 is promoted; 30 min of the 24 h watch are over."));
        return view;
    }

    private WindowsOfHost host(String name, Optional<Instant> newest) {
        return new WindowsOfHost(
                new HostName(name), now.minusSeconds(3600), newest.map(at -> new WindowsOfHost.Newest(at, 10)));
    }

    private void values(
            RevisionId revision, OwnSeries series, IntToDoubleFunction value, int missingFrom, int missingTo) {
        List<Value> values = new ArrayList<>();
        Instant first = now.minus(Duration.ofMinutes(MINUTES));
        for (int i = 0; i < MINUTES * 6; i++) {
            if (i < missingFrom || i >= missingTo) {
                values.add(new Value(
                        first.plusSeconds((long) (i * VALUE_SECONDS)), VALUE_SECONDS, value.applyAsDouble(i)));
            }
        }
        server.series.answered(revision, series, values, now.minusSeconds(4));
    }

    private static ReleaseSpec spec(ServiceName service) {
        ReleaseSpec usual = Scenes.spec(service, "alice@example.com");
        ReleasePlan plan = usual.release();
        return new ReleaseSpec(
                service,
                usual.image(),
                usual.processes(),
                usual.env(),
                Optional.empty(),
                new ReleasePlan(
                        plan.owner(),
                        plan.channel(),
                        plan.checks(),
                        plan.steps(),
                        List.of(
                                new StopCondition.SeriesRegresses(AGE, 0.20),
                                new StopCondition.SeriesAbove(FAILED, 3, Duration.ofMinutes(2))),
                        plan.watch()));
    }

    private Verdict verdict() {
        return new Verdict(
                now.minusSeconds(4),
                Outcome.NOT_ENOUGH_EVIDENCE,
                false,
                List.of(
                        one(Metric.PUSHED, Outcome.NOT_ENOUGH_EVIDENCE, 14, 16, 0.14, 0.09, 0.21, 0.20, 0.005),
                        one(Metric.PROMETHEUS, Outcome.HEALTHY, Double.NaN, 0.2, 0.2, 0.2, 0.2, 3, 0),
                        one(Metric.CRASHES, Outcome.NOT_ENOUGH_EVIDENCE, 0, 1, 1, Double.NaN, Double.NaN, 4, 0.001)),
                168,
                12,
                "judged on 168 values of both revisions",
                "1");
    }

    private static MetricVerdict one(
            Metric metric,
            Outcome outcome,
            double control,
            double candidate,
            double estimate,
            double low,
            double high,
            double margin,
            double alpha) {
        return new MetricVerdict(
                metric, outcome, control, candidate, estimate, low, high, margin, alpha, 180, 168, "as it is");
    }
}
