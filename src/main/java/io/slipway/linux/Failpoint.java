package io.slipway.linux;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where tests let this process die as by {@code kill -9}: after a number of its own system calls, or while a child that it makes stands before a
 * given call of its program. Off, and free, unless the JVM was started with {@code -Dslipway.failpoints=true}.
 */
public final class Failpoint {
    private static final boolean ON = Boolean.getBoolean("slipway.failpoints");
    private static final int SIGKILL = 9;
    private static final AtomicLong CALLS = new AtomicLong();
    private static volatile long dieAfter = Long.MAX_VALUE;
    private static volatile int childStep = -1;
    private static volatile int childSteps;
    private static volatile boolean armed;

    private Failpoint() {}

    /**
     * Counts from here on.
     *
     * @param calls of this process after which it dies; 0: not at all
     * @param step index of the call in a child's program before which the child stands still and this process dies; negative: not at all
     */
    public static void arm(long calls, int step) {
        if (!ON) {
            throw new IllegalStateException("start the JVM with -Dslipway.failpoints=true");
        }
        dieAfter = calls == 0 ? Long.MAX_VALUE : calls;
        childStep = step;
        armed = true;
    }

    /** Calls of this process counted so far. */
    public static long calls() {
        return CALLS.get();
    }

    /** Length of the last child's program. */
    public static int childSteps() {
        return childSteps;
    }

    static void passed() {
        if (ON && armed && CALLS.incrementAndGet() >= dieAfter) {
            die();
        }
    }

    /** Puts the pause into a program that is about to be loaded; returns its first call, or null. */
    static SyscallProgram.@Nullable Step pause(SyscallProgram program) {
        if (!ON || !armed) {
            return null;
        }
        childSteps = program.steps().size();
        if (childStep < 0 || childStep >= childSteps) {
            return null;
        }
        try {
            Descriptor[] pipe = Syscalls.pipe();
            return program.pauseBefore(childStep, pipe[0], pipe[1]);
        } catch (SyscallException e) {
            throw new IllegalStateException("a failpoint has no pipe", e);
        }
    }

    /** Dies once the child has come to the pause. */
    static void dieWhen(BooleanSupplier paused) {
        Thread watcher = new Thread(
                () -> {
                    while (!paused.getAsBoolean()) {
                        Thread.onSpinWait();
                    }
                    die();
                },
                "failpoint");
        watcher.setDaemon(true);
        watcher.start();
    }

    private static void die() {
        Libc.kill((int) ProcessHandle.current().pid(), SIGKILL);
        while (true) {
            LockSupport.park();
        }
    }
}
