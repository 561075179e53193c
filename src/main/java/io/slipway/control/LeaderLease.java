package io.slipway.control;

import io.slipway.base.Epoch;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * This controller's hold on leadership. It renews well before the lease ends, and doubts itself by monotonic time when it could not; what
 * keeps order all the same is the fence: a write under an old epoch changes no row.
 */
public final class LeaderLease {
    private final Lease lease;
    private final String holder;
    private final Duration length;
    private final LongSupplier nanoTime;
    private Optional<Epoch> held = Optional.empty();
    private long renewedAtNanos;

    /** {@code holder} must be unlike any other controller's, also unlike this one's after a restart. */
    public LeaderLease(Lease lease, String holder, Duration length, LongSupplier nanoTime) {
        this.lease = lease;
        this.holder = holder;
        this.length = length;
        this.nanoTime = nanoTime;
    }

    /** The epoch under which this controller leads; empty when it does not. */
    public synchronized Optional<Epoch> epoch() {
        long now = nanoTime.getAsLong();
        if (held.isEmpty() || now - renewedAtNanos > length.toNanos() / 3) {
            held = lease.acquire(holder, length);
            renewedAtNanos = now;
        }
        return held;
    }

    /** After a write was refused as stale, or the database did not answer: ask anew before leading on. */
    public synchronized void doubt() {
        held = Optional.empty();
    }

    public synchronized void release() {
        held.ifPresent(epoch -> lease.release(holder, epoch));
        held = Optional.empty();
    }
}
