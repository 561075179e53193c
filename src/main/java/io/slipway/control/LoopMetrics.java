package io.slipway.control;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What the loop exports. Names are public: contract.md. */
public final class LoopMetrics implements MeterBinder {
    private static final List<String> LABELS = List.of(
            "queued",
            "checking",
            "rolling",
            "gating",
            "awaiting-approval",
            "paused",
            "watching",
            "reverting",
            "settled",
            "unproven",
            "reverted",
            "aborted",
            "superseded",
            "failed");
    private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

    private final Supplier<Map<String, Long>> rollouts;
    private final LongSupplier outboxDepth;
    private volatile Optional<Timer> turns = Optional.empty();
    private Map<String, Long> counted = Map.of();
    private long countedAtNanos = System.nanoTime() - FRESH_NANOS;

    public LoopMetrics(RolloutStore rollouts, Outbox outbox) {
        this.rollouts = rollouts::countByLabel;
        this.outboxDepth = outbox::depth;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        turns = Optional.of(Timer.builder("slipway_control_loop_duration")
                .description("Time of one turn of the control loop")
                .publishPercentileHistogram()
                .register(registry));
        for (String label : LABELS) {
            Gauge.builder("slipway_rollouts", () -> count(label))
                    .tag("state", label)
                    .description("Rollouts by state")
                    .register(registry);
        }
        Gauge.builder("slipway_outbox_effects", outboxDepth::getAsLong)
                .description("Effects that wait to be carried out")
                .register(registry);
    }

    void turned(long nanos) {
        turns.ifPresent(timer -> timer.record(nanos, TimeUnit.NANOSECONDS));
    }

    /** One query serves all states of a scrape. */
    private synchronized long count(String label) {
        long now = System.nanoTime();
        if (now - countedAtNanos >= FRESH_NANOS) {
            counted = rollouts.get();
            countedAtNanos = now;
        }
        return counted.getOrDefault(label, 0L);
    }
}
