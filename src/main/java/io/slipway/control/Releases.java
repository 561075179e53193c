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
     * revision. Never refused for holds or freezes.
     *
     * @param to a revision number; empty means the one before
     */
    Submitted revert(ServiceName service, Optional<Integer> to, String reason, Actor by) throws Refused;

    void unhold(ServiceName service, String reason, Actor by) throws Refused;

    /** What was stored. */
    record Submitted(String release, RolloutId rollout, RevisionId revision, String state) {}
}
