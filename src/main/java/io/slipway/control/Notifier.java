package io.slipway.control;

import io.slipway.rollout.Effect;
import java.time.Instant;

/** Tells people and programs. */
public interface Notifier {
    /** Stores messages to be sent, in the transaction of its thread; they are sent after it commits, each at least once under one id. */
    void tell(Rollout rollout, Effect.Notify what, Instant at);
}
