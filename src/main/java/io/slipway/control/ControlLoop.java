package io.slipway.control;

import io.slipway.base.Epoch;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leader does, again and again, in one thread: judge, decide, carry out, converge the fleet. Woken by a signal, and by polling when
 * no signal comes. Nothing is kept between turns that the rows do not hold.
 */
public final class ControlLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration STOP_AT_MOST = Duration.ofSeconds(5);
    private final LeaderLease lease;
    private final Work work;
    private final Signal signal;
    private final LoopMetrics metrics;
    private final Thread thread;
    private volatile boolean stopped;
    private Optional<Epoch> led = Optional.empty();

    public ControlLoop(LeaderLease lease, Work work, Signal signal, LoopMetrics metrics) {
        this.lease = lease;
        this.work = work;
        this.signal = signal;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name("control-loop").daemon().unstarted(this::loop);
    }

    public void start() {
        thread.start();
    }

    private void loop() {
        while (!stopped) {
            try {
                turn();
                signal.await(POLL);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** One turn; false when this controller does not lead or could not work. */
    boolean turn() {
        long begun = System.nanoTime();
        try {
            Optional<Epoch> epoch = lease.epoch();
            report(epoch);
            epoch.ifPresent(work::turn);
            return epoch.isPresent();
        } catch (StaleEpoch e) {
            LOG.warn("stepping down: {}", e.getMessage());
            lease.doubt();
        } catch (RuntimeException e) {
            LOG.error("a turn of the control loop failed and changed nothing; it is tried again", e);
            lease.doubt();
        } finally {
            metrics.turned(System.nanoTime() - begun);
        }
        return false;
    }

    private void report(Optional<Epoch> epoch) {
        if (!epoch.equals(led)) {
            LOG.info(epoch.map(e -> "leading under epoch " + e.value()).orElse("not leading; another controller does"));
            led = epoch;
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.interrupt();
        if (thread.isAlive()) {
            thread.join(STOP_AT_MOST);
        }
        lease.release();
    }

    /** One round of all that a leader does. */
    public record Work(
            RolloutLoop rollouts,
            EffectRunner effects,
            FleetLoop fleet,
            JudgeLoop judge,
            SeriesPoll series,
            RunbookWriter runbooks,
            Retention retention) {
        void turn(Epoch epoch) {
            // First: a watch that ended while nobody led ends by what was seen until then, not by the last look before.
            judge.run(epoch);
            rollouts.drain(epoch);
            effects.run(epoch);
            fleet.pass(epoch);
            rollouts.drain(epoch);
            // What was just decided is told to the hosts in this very turn: a revert must not wait for the next.
            fleet.pass(epoch);
            series.run();
            runbooks.run();
            retention.run();
        }
    }
}
