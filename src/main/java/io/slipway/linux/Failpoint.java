package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    private static final int SIGUSR1 = 10;
    private static final int SIG_BLOCK = 0;
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PAUSE_SECONDS_MAX = 3;
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

    /** Length of the longest program of a child so far. */
    public static int childSteps() {
        return childSteps;
    }

    static void passed() {
        if (ON && armed && CALLS.incrementAndGet() >= dieAfter) {
            die();
        }
    }

    /** Puts the pause into a program that is about to be loaded; returns the call after which the child stands still, or null. */
    static SyscallProgram.@Nullable Step pause(SyscallProgram program) {
        if (!ON || !armed) {
            return null;
        }
        int steps = program.steps().size();
        childSteps = Math.max(childSteps, steps);
        if (childStep < 0 || childStep >= steps) {
            return null;
        }
        return program.insert(childStep, untilWeDie()).get(1);
    }

    /** By a signal, as the child may have closed whatever else would tell it; and for seconds at most, should we have ended before the second call. */
    private static SyscallProgram untilWeDie() {
        byte[] signal = words(8).putLong(0, 1L << (SIGUSR1 - 1)).array();
        Argument set = Argument.bytes(signal, "[SIGUSR1]");
        SyscallProgram pause = new SyscallProgram();
        pause.call(
                SyscallNumber.RT_SIGPROCMASK,
                Argument.flags(SIG_BLOCK, "SIG_BLOCK"),
                set,
                Argument.none(),
                Argument.number(8));
        pause.call(
                SyscallNumber.PRCTL,
                Argument.flags(PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG"),
                Argument.flags(SIGUSR1, "SIGUSR1"));
        byte[] timeout = words(16).putLong(0, PAUSE_SECONDS_MAX).array();
        pause.call(
                        SyscallNumber.RT_SIGTIMEDWAIT,
                        set,
                        Argument.none(),
                        Argument.bytes(timeout, "{tv_sec=" + PAUSE_SECONDS_MAX + "}"),
                        Argument.number(8))
                .mayFail();
        return pause;
    }

    private static ByteBuffer words(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
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
