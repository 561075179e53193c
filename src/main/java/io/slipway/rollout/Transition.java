package io.slipway.rollout;

import io.slipway.base.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The answer of the machine. A reason is always given, also when nothing changes: then it says what is waited for. */
public record Transition(RolloutState next, List<Effect> effects, Reason reason, Optional<Instant> wakeAt) {}
