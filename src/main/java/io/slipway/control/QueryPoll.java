package io.slipway.control;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.slipway.base.RevisionId;
import io.slipway.control.OwnSeriesStore.Value;
import io.slipway.release.Metric;
import io.slipway.release.OwnSeries;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Prometheus for what the conditions of the rollouts under way look at, a step after another, each question in a thread of its own: a slow answer
 * holds up nobody. What was missed while it did not answer is asked for again, half an hour back at most.
 */
public final class QueryPoll implements SeriesPoll, MeterBinder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueryPoll.class);
    private static final Duration BACK_MAX = Duration.ofMinutes(30);
    /** Scrapes of the last seconds may still be on their way into its store. */
    private static final Duration SETTLED = Duration.ofSeconds(5);

    private final QuerySource source;
    private final RolloutStore rollouts;
    private final OwnSeriesStore store;
    private final Set<Question> asked = ConcurrentHashMap.newKeySet();
    private final Map<Question, Instant> newest = new ConcurrentHashMap<>();
    private volatile Optional<MeterRegistry> registry = Optional.empty();
    private volatile Instant now = Instant.EPOCH;
    private Instant next = Instant.MIN;

    private record Question(RevisionId revision, OwnSeries series) {}

    public QueryPoll(QuerySource source, RolloutStore rollouts, OwnSeriesStore store) {
        this.source = source;
        this.rollouts = rollouts;
        this.store = store;
    }

    @Override
    public void run() {
        now = rollouts.now();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(source.step());
        Map<Question, Instant> due = new ConcurrentHashMap<>();
        for (Rollout rollout : rollouts.active()) {
            rollout.comparedSince().ifPresent(since -> questions(rollout).forEach(q -> due.put(q, since)));
        }
        newest.keySet().retainAll(due.keySet());
        due.forEach((question, since) -> {
            if (asked.add(question)) {
                newest.putIfAbsent(question, since);
                Thread.ofVirtual().name("prometheus").start(() -> ask(question, since, now));
            }
        });
    }

    private static Stream<Question> questions(Rollout rollout) {
        return OwnSeries.of(rollout.spec().release().stopConditions()).stream()
                .filter(series -> series.source() == Metric.PROMETHEUS)
                .flatMap(series -> Stream.concat(
                        Stream.of(new Question(rollout.revision(), series)),
                        rollout.stable().filter(stable -> series.isByRevision()).stream()
                                .map(stable -> new Question(stable, series))));
    }

    private void ask(Question question, Instant since, Instant at) {
        long begun = System.nanoTime();
        String outcome = "failed";
        try {
            Instant first = first(question, since, at);
            Instant last = floor(at.minus(SETTLED));
            if (!last.isBefore(first)) {
                List<Value> values = source.range(question.series().of(question.revision()), first, last);
                store.answered(question.revision(), question.series(), values, at);
                values.forEach(v -> newest.merge(question, v.at(), (a, b) -> a.isAfter(b) ? a : b));
            }
            outcome = "answered";
        } catch (SourceFailed e) {
            LOG.warn(
                    "Prometheus query '{}' failed; its condition waits: {}",
                    question.series().text(),
                    e.why());
            store.failed(question.revision().service(), question.series(), e.why(), at);
        } catch (RuntimeException e) {
            LOG.error("the answer to a Prometheus query could not be kept; it is asked again", e);
        } finally {
            asked.remove(question);
            record(outcome, System.nanoTime() - begun);
        }
    }

    /** The first step that is not known yet and lies wholly within the comparison. */
    private Instant first(Question question, Instant since, Instant at) {
        Duration step = source.step();
        Instant begin = since.isBefore(at.minus(BACK_MAX)) ? at.minus(BACK_MAX) : since;
        Instant known = store.newest(question.revision(), question.series())
                .map(start -> start.plus(step))
                .filter(end -> end.isAfter(begin))
                .orElse(begin);
        // A value stands for the step before its time.
        Instant floor = floor(known);
        return floor.equals(known) ? known.plus(step) : floor.plus(step).plus(step);
    }

    private Instant floor(Instant at) {
        long step = source.step().toMillis();
        return Instant.ofEpochMilli(Math.floorDiv(at.toEpochMilli(), step) * step);
    }

    /** Whether no question is under way. */
    boolean isIdle() {
        return asked.isEmpty();
    }

    private void record(String outcome, long nanos) {
        registry.ifPresent(r -> Timer.builder("slipway_prometheus_query_duration")
                .tag("outcome", outcome)
                .description("Time of one question to Prometheus")
                .register(r)
                .record(Duration.ofNanos(nanos)));
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        registry = Optional.of(meters);
        Gauge.builder("slipway_prometheus_sample_age_seconds", this::ageSeconds)
                .description("Age of the newest sample of the series that lags most; 0 while none is asked for")
                .register(meters);
    }

    private double ageSeconds() {
        return newest.values().stream()
                .mapToDouble(at -> Duration.between(at, now).toMillis() / 1000.0)
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        source.close();
    }
}
