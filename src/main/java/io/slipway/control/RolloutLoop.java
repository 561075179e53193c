package io.slipway.control;

import io.slipway.base.Epoch;
import io.slipway.control.RolloutStore.StoredEvent;
import io.slipway.rollout.RolloutEvent.Woken;

/**
 * Moves rollouts on. One turn is one transaction: claim a rollout that is due, decide its oldest event, commit. A loop that is killed at
 * any point leaves either the row before or the row after; the next loop goes on from there.
 */
public final class RolloutLoop {
    private static final int TURNS_MAX = 1_000;
    private final Transactions transactions;
    private final Lease lease;
    private final RolloutStore rollouts;
    private final Decider decider;

    public RolloutLoop(Transactions transactions, Lease lease, RolloutStore rollouts, Decider decider) {
        this.transactions = transactions;
        this.lease = lease;
        this.rollouts = rollouts;
        this.decider = decider;
    }

    /** Decides events until none is due; a bound keeps other work from starving. Returns how many. */
    public int drain(Epoch epoch) {
        int turns = 0;
        while (turns < TURNS_MAX && turn(epoch)) {
            turns++;
        }
        return turns;
    }

    /** False when nothing was due. */
    boolean turn(Epoch epoch) {
        return transactions.inOne(() -> {
            lease.assertCurrent(epoch);
            return rollouts.claimDue()
                    .map(rollout -> decideNext(rollout, epoch))
                    .orElse(false);
        });
    }

    private boolean decideNext(Rollout rollout, Epoch epoch) {
        StoredEvent event = rollouts.nextEvent(rollout.id())
                .orElseGet(() -> rollouts.append(rollout.id(), new Woken(), rollouts.now()));
        decider.decide(rollout, event, epoch);
        return true;
    }
}
