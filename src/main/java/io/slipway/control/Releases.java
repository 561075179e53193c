package io.slipway.control;

import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.release.ReleaseSpec;
import io.slipway.rollout.RolloutEvent;
import java.util.Optional;

/** What people and pipelines can ask for. Each call is one transaction: stored with its decision, or refused and nothing done. */
public interface Releases {
    /** Stores revision, release, rollout, first event and decision. */
    Submitted submit(ReleaseSpec spec, Actor by) throws Refused;

    /** Appends a person's event ({@code Approve, Pause, Resume, Promote, Abort, Revert, Accept, Extend}) to a rollout. */
    void command(RolloutId rollout, RolloutEvent event, Actor by) throws Refused;

    /**
     * The red button: takes a service back. While a rollout is active it reverts that one; afterwards it starts a rollout straight to the older
     * revision. Never refused for holds or freezes. Pressed a second time while the service goes back, it gives the same answer; within five
     * minutes after, it is refused unless it says from where or to where, since it may well mean what is done by then.
     */
    Submitted revert(ServiceName service, Back back, String reason, Actor by) throws Refused;

    void unhold(ServiceName service, String reason, Actor by) throws Refused;

    /**
     * Which way a service goes back.
     *
     * @param from number of the revision that was seen at fault: refused when it is no longer the one that serves or is rolled out; empty
     *     means whichever does
     * @param to a revision number; empty means the one before
     */
    record Back(Optional<Integer> from, Optional<Integer> to) {
        /** To the one before. */
        public static final Back ONE = new Back(Optional.empty(), Optional.empty());

        boolean isUnnamed() {
            return from.isEmpty() && to.isEmpty();
        }
    }

    /** What was stored. */
    record Submitted(String release, RolloutId rollout, RevisionId revision, String state) {}
}
