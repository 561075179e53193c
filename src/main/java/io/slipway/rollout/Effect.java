package io.slipway.rollout;

import io.slipway.base.Reason;
import io.slipway.base.RevisionId;
import io.slipway.release.Check;

/** What must be done because of a transition. Idempotent; done after the transition is committed. */
public sealed interface Effect {
    /** Carry out a check, and report CheckPassed or CheckFailed. */
    record RunCheck(Check check) implements Effect {}

    /**
     * Make the hosts run, and the edge route, this. Once the hosts have taken it in, a FleetChanged must be appended also when nothing changed
     * by it: the machine may be waiting for what already is.
     */
    record Converge(Target target) implements Effect {}

    /** This revision is now the service's stable one. */
    record MakeStable(RevisionId revision) implements Effect {}

    /** Refuse further releases of the service until somebody says unhold. */
    record HoldService(Reason why) implements Effect {}

    /** Tell people. */
    record Notify(Severity severity, Reason what) implements Effect {}

    /** How soon somebody must look. */
    enum Severity {
        ROUTINE,
        URGENT
    }
}
