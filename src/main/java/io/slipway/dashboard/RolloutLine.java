package io.slipway.dashboard;

import io.slipway.control.Views.RolloutView;
import java.time.Instant;

/** A rollout as one line of a list. */
record RolloutLine(String id, String revision, StateMark mark, String reason, String waitingFor, Moment began) {
    static RolloutLine of(RolloutView r, Instant now) {
        return new RolloutLine(
                r.id().value(),
                r.revision().label(),
                StateMark.of(r),
                r.reason().text(),
                r.waitingFor().orElse(""),
                Moment.of(r.createdAt(), now));
    }
}
