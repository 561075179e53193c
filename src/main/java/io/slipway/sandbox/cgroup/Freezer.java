package io.slipway.sandbox.cgroup;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Stops all processes of a group where they are, and lets them go on. */
interface Freezer {
    /**
     * Returns once all stand still.
     *
     * @throws IOException when they do not within {@code atMost}; they then go on
     */
    void freeze(Duration atMost) throws IOException;

    void thaw() throws IOException;

    /** Whether it is to stand still, by itself or with a group above it. */
    boolean frozen();

    /** Whether a group above does; for a fresh one, which has no process yet. */
    boolean frozenFromAbove();

    /** Looks again and again. */
    static boolean await(BooleanSupplier condition, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        long pauseNanos = 50_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(pauseNanos);
            pauseNanos = Math.min(2 * pauseNanos, 5_000_000);
        }
        return true;
    }

    static IOException stillRunning(CgroupDirectory group, Duration atMost) {
        return new IOException("not all processes of " + group.path() + " stood still within " + atMost.toMillis()
                + " ms, so all go on; one may wait for a disk or network file system (state D in ps). Try again");
    }
}
