package io.slipway.control;

import io.slipway.control.Refused.Kind;
import io.slipway.release.Step;
import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.RolloutEvent.Approve;
import io.slipway.rollout.RolloutState.AwaitingApproval;

/** Who may do what to a rollout: everyone may revert; all else is its owner's, or an admin's, who is named as overriding. */
final class Permission {
    private Permission() {}

    /** Returns the name to record. */
    static String check(Rollout rollout, RolloutEvent event, Actor by) throws Refused {
        if (Person.of(event).isEmpty() || event instanceof RolloutEvent.Supersede) {
            throw new Refused(Kind.INVALID, event.getClass().getSimpleName() + " is not something that people ask for");
        }
        String allowed = event instanceof Approve ? approver(rollout) : rollout.owner();
        if (event instanceof RolloutEvent.Revert || by.name().equals(allowed)) {
            return by.name();
        }
        if (by.admin()) {
            return by.name() + " (admin, overriding " + allowed + ")";
        }
        throw new Refused(
                Kind.NOT_ALLOWED,
                event.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT) + " of rollout " + rollout.id()
                        + " is for its owner " + allowed + " or an admin, not for " + by.name());
    }

    private static String approver(Rollout rollout) {
        return rollout.state() instanceof AwaitingApproval waiting
                        && rollout.spec().release().steps().get(waiting.step()) instanceof Step.Approve step
                        && !step.by().equals("owner")
                ? step.by()
                : rollout.owner();
    }
}
