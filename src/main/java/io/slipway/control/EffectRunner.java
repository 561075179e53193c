package io.slipway.control;

import io.slipway.base.Epoch;
import io.slipway.base.Reason;
import io.slipway.control.Outbox.Pending;
import io.slipway.release.Check;
import io.slipway.rollout.Effect;
import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.RolloutState.Checking;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out the effects that wait in the outbox. What comes of one is an event, stored with the effect's completion. */
public final class EffectRunner {
    private static final Logger LOG = LoggerFactory.getLogger(EffectRunner.class);
    private static final Duration AGAIN = Duration.ofMillis(500);
    private static final int BATCH = 100;
    private final Transactions transactions;
    private final Lease lease;
    private final RolloutStore rollouts;
    private final Outbox outbox;
    private final CheckRunner checks;

    public EffectRunner(
            Transactions transactions, Lease lease, RolloutStore rollouts, Outbox outbox, CheckRunner checks) {
        this.transactions = transactions;
        this.lease = lease;
        this.rollouts = rollouts;
        this.outbox = outbox;
        this.checks = checks;
    }

    public void run(Epoch epoch) {
        for (Pending effect : outbox.due(BATCH)) {
            transactions.inOne(() -> {
                lease.assertCurrent(epoch);
                rollouts.lock(effect.rollout()).ifPresent(rollout -> carryOut(rollout, effect));
                return true;
            });
        }
    }

    private void carryOut(Rollout rollout, Pending effect) {
        switch (effect.effect()) {
            case Effect.RunCheck run -> check(rollout, effect, run.check());
            // Rows by nature: written with their decision, never waiting here.
            case Effect.Converge e -> outbox.done(effect);
            case Effect.MakeStable e -> outbox.done(effect);
            case Effect.HoldService e -> outbox.done(effect);
            case Effect.Notify e -> outbox.done(effect);
        }
    }

    private void check(Rollout rollout, Pending effect, Check check) {
        // Paused, or past it: a resumed rollout asks again.
        if (!(rollout.state() instanceof Checking)) {
            outbox.done(effect);
            return;
        }
        Optional<RolloutEvent> finding = checks.run(rollout, check);
        if (finding.isPresent() && outbox.done(effect)) {
            LOG.info("rollout {} check {}: {}", rollout.id(), check, finding.get());
            rollouts.append(rollout.id(), finding.get(), rollouts.now());
        } else if (finding.isEmpty()) {
            outbox.retry(effect, AGAIN, "not known yet");
        }
    }

    /** Evaluates checks. */
    public interface CheckRunner {
        /** CheckPassed or CheckFailed; empty while it is not known. Asked again until the check's deadline. */
        Optional<RolloutEvent> run(Rollout rollout, Check check);

        static RolloutEvent passed(Check check, String text) {
            return new RolloutEvent.CheckPassed(check, new Reason("check-passed", text));
        }

        static RolloutEvent failed(Check check, String code, String text) {
            return new RolloutEvent.CheckFailed(check, new Reason(code, text));
        }
    }
}
