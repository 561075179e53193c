package io.slipway.control;

import io.slipway.base.Epoch;
import java.time.Duration;
import java.util.Optional;

/** The lease that makes one controller the leader, kept where all of them see it and timed by the database's clock. */
public interface Lease {
    /**
     * Takes the lease if it is free or run out, or renews it if {@code holder} has it.
     *
     * @return the epoch of the lease: one more than the last when taken anew, the same when renewed; empty when another one holds it
     */
    Optional<Epoch> acquire(String holder, Duration length);

    /** Gives it up at once, so that another need not wait for its end. Does nothing unless held under this epoch. */
    void release(String holder, Epoch epoch);

    /**
     * Asserts, inside the transaction of a write, that this epoch is the newest. Until the transaction ends nobody can take the lease,
     * so a stale leader's write cannot slip in after a new leader's.
     *
     * @throws StaleEpoch when a newer epoch exists: nothing may be written
     */
    void assertCurrent(Epoch epoch);
}
