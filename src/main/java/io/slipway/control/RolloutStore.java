package io.slipway.control;

import io.slipway.analysis.Verdict;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.rollout.FleetView;
import io.slipway.rollout.RolloutEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rollouts and their events. Every method takes part in the transaction of its thread. */
public interface RolloutStore {
    /** The database's time, to the microsecond. */
    Instant now();

    /** Locks one rollout that has an event to decide upon or is to be woken; skips those that another transaction holds. */
    Optional<Rollout> claimDue();

    /** Locks a rollout. */
    Optional<Rollout> lock(RolloutId id);

    Optional<Rollout> find(RolloutId id);

    /** All that are not over. */
    List<Rollout> active();

    /** The one that is not over; of two, the one that the other waits for. */
    Optional<Rollout> activeOf(ServiceName service);

    /** The one that was begun last, over or not. */
    Optional<Rollout> latestOf(ServiceName service);

    /** Locks the one that waits for the active one to end. */
    Optional<Rollout> queuedOf(ServiceName service);

    /** What the newest rollout of this revision took the place of. */
    Optional<RevisionId> stableBefore(RevisionId revision);

    /** Ended rollouts whose runbook entry is missing or older than their last decision. */
    List<RolloutId> unwritten(int limit);

    /** Number of rollouts by public state, those over included. */
    Map<String, Long> countByLabel();

    /** Fails when the service has another active one. */
    void insert(Rollout rollout);

    /**
     * Replaces the row.
     *
     * @param seen version that the caller read
     * @throws IllegalStateException when the row has another version: it was not locked
     */
    void save(Rollout rollout, long seen);

    /** Appends an event; it is decided upon later. */
    StoredEvent append(RolloutId rollout, RolloutEvent event, Instant at);

    /** The oldest event not yet decided upon. */
    Optional<StoredEvent> nextEvent(RolloutId rollout);

    void consumed(StoredEvent event, long version);

    /** The target has changed: fleet events of before say nothing about it, and the next look at the fleet makes one. */
    void forgetFleet(RolloutId rollout);

    /** Stores what the fleet looks like and appends FleetChanged; does nothing when the service's target is no longer of this version. */
    boolean fleetChanged(RolloutId rollout, FleetView fleet, long targetVersion, Instant at);

    /** Keeps the judge's last look, for the page. */
    void looked(RolloutId rollout, Verdict verdict);

    /** An event as stored. */
    record StoredEvent(long id, RolloutId rollout, RolloutEvent event, Instant at) {}
}
