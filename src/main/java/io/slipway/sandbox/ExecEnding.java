package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.DescriptorWatcher;
import io.slipway.linux.Signal;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Finds out how a command in a container ends, and ends it when its time is over. The container's root may stop it, or hold back its exit by tracing
 * it: then the exit is told as not known, and the process is still collected once that is possible.
 */
final class ExecEnding {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final long FIRST_PAUSE_NANOS = 1_000_000L;
    private static final long LAST_PAUSE_NANOS = 1_000_000_000L;
    private static final int TIMED_OUT = 124;

    private final int pid;
    private final Descriptor pidfd;
    private final LongSupplier oomKills;
    private final long oomKillsBefore;
    private final Clock clock;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private final CompletableFuture<Void> collected = new CompletableFuture<>();
    private boolean reaped;
    private volatile Optional<String> killedFor = Optional.empty();

    private ExecEnding(int pid, Descriptor pidfd, LongSupplier oomKills, long oomKillsBefore, Clock clock) {
        this.pid = pid;
        this.pidfd = pidfd;
        this.oomKills = oomKills;
        this.oomKillsBefore = oomKillsBefore;
        this.clock = clock;
    }

    /** @param oomKills how many processes of the container were killed over its memory limit */
    static ExecEnding watch(
            int pid,
            Descriptor pidfd,
            Optional<Duration> atMost,
            LongSupplier oomKills,
            long oomKillsBefore,
            DescriptorWatcher watcher,
            Clock clock)
            throws SyscallException {
        ExecEnding ending = new ExecEnding(pid, pidfd, oomKills, oomKillsBefore, clock);
        // Not in the watcher's own thread: its exit may be held back.
        watcher.watch(pidfd, DescriptorWatcher.News.END, () -> Thread.startVirtualThread(ending::ended));
        atMost.ifPresent(time -> after(time).execute(() -> ending.kill("its " + time.toMillis() + " ms were over")));
        return ending;
    }

    /** Completed once it has ended; at most a second after it was killed. */
    CompletableFuture<Exit> exit() {
        return exit;
    }

    /** Completed once nothing is left of the process. */
    CompletableFuture<Void> collected() {
        return collected;
    }

    private static Executor after(Duration time) {
        return CompletableFuture.delayedExecutor(
                time.toNanos(), TimeUnit.NANOSECONDS, work -> Thread.startVirtualThread(work));
    }

    private void kill(String why) {
        if (exit.isDone()) {
            return;
        }
        killedFor = Optional.of(why);
        try {
            killGroup();
        } catch (SyscallException e) {
            // It is ending, or the kernel forbids it; either way what follows tells.
            killedFor = Optional.of(why + ", but " + e.getMessage());
        }
        after(GRACE)
                .execute(() -> exit.complete(unknown("killed as " + why
                        + "; its exit is held back: a process of the container traces it, or it is frozen,"
                        + " or waits for the kernel (state D in ps)")));
    }

    /**
     * What it has started too, as far as that is still of its session's first group: it leads one, and the number stays its own until it is collected.
     * Before it is a leader there is no such group.
     */
    private synchronized void killGroup() throws SyscallException {
        if (!reaped) {
            Syscalls.kill(-pid, Signal.SIGKILL);
            Syscalls.pidfdSignal(pidfd, Signal.SIGKILL);
        }
    }

    private synchronized Optional<Integer> reap() {
        Optional<Integer> status = Syscalls.reap(pidfd);
        reaped = status.isPresent();
        return status;
    }

    private void ended() {
        long noticed = System.nanoTime();
        long pause = FIRST_PAUSE_NANOS;
        Optional<Integer> status = reap();
        while (status.isEmpty()) {
            if (System.nanoTime() - noticed > GRACE.toNanos()) {
                exit.complete(unknown("ended; how is not known, as a process of the container traces it"));
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(LAST_PAUSE_NANOS, 2 * pause);
            status = reap();
        }
        exit.complete(of(status.get()));
        collected.complete(null);
    }

    private Exit unknown(String text) {
        return new Exit(Exit.Kind.UNKNOWN, killedFor.isPresent() ? TIMED_OUT : -1, 0, text, clock.instant());
    }

    private Exit of(int waitStatus) {
        int signal = waitStatus & 0x7f;
        if (signal == 0) {
            int code = waitStatus >> 8 & 0xff;
            return new Exit(Exit.Kind.EXITED, code, 0, "exited " + code, clock.instant());
        }
        if (killedFor.isPresent()) {
            String text = "killed as " + killedFor.get();
            return new Exit(Exit.Kind.SIGNALLED, TIMED_OUT, signal, text, clock.instant());
        }
        if (signal == Signal.SIGKILL && oomKills.getAsLong() > oomKillsBefore) {
            return new Exit(
                    Exit.Kind.OOM, 128 + signal, signal, "OOM: the container's memory is full", clock.instant());
        }
        String text = "killed by " + Signal.name(signal);
        return new Exit(Exit.Kind.SIGNALLED, 128 + signal, signal, text, clock.instant());
    }
}
