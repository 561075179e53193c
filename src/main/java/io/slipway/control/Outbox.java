package io.slipway.control;

import io.slipway.base.Epoch;
import io.slipway.base.RolloutId;
import io.slipway.rollout.Effect;
import java.time.Duration;
import java.util.List;

/** Effects that were committed with a decision and are to be carried out. Every method takes part in the transaction of its thread. */
public interface Outbox {
    /** {@code done}: it was carried out in this very transaction, and is kept for the record. */
    void add(RolloutId rollout, long version, Effect effect, Epoch epoch, boolean done);

    /** What is due, oldest first. */
    List<Pending> due(int limit);

    /** False when it was done before: nothing may be done again. */
    boolean done(Pending effect);

    /** To be tried again after {@code wait}. */
    void retry(Pending effect, Duration wait, String error);

    /** How many wait. */
    long depth();

    /** An effect that waits. */
    record Pending(long id, RolloutId rollout, long version, Effect effect, int attempts) {}
}
