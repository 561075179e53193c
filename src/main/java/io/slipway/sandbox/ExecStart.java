package io.slipway.sandbox;

import io.slipway.linux.CallResult;
import io.slipway.linux.Descriptor;
import io.slipway.linux.DescriptorWatcher;
import io.slipway.linux.DetachedProgram;
import io.slipway.linux.Errno;
import io.slipway.linux.Signal;
import io.slipway.linux.Spawn;
import io.slipway.linux.SpawnException;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Executes commands in containers; one for the whole process. Every wait has an end: a container's root may stop whatever joins it. */
final class ExecStart {
    private static final Duration TO_DIE = Duration.ofSeconds(2);
    private static final ExecStart ONLY = new ExecStart();
    private final Descriptor helper;
    private final DescriptorWatcher watcher;

    private ExecStart() {
        try {
            helper = Syscalls.sealedExecutable("slipway-exec", DetachedProgram.executable());
            watcher = new DescriptorWatcher("exec-watcher");
        } catch (IOException e) {
            throw new IllegalStateException("commands cannot be executed in containers: " + e.getMessage(), e);
        }
    }

    /** @throws ExecException if it could not be executed; nothing of it is left */
    static Exec start(Sandbox sandbox, ExecSpec spec) throws IOException {
        return startWithout(sandbox, spec, Omission.NONE);
    }

    /** As {@link Sandboxes#startWithout}: the same of what it does in the container. */
    static Exec startWithout(Sandbox sandbox, ExecSpec spec, Omission omission) throws IOException {
        return ONLY.run(sandbox, spec, omission);
    }

    private Exec run(Sandbox sandbox, ExecSpec spec, Omission omission) throws IOException {
        requireRunning(sandbox);
        try {
            return prepare(sandbox, spec, omission);
        } catch (IOException e) {
            // Its end kills whatever joins it, and takes away what is looked up by its number.
            requireRunning(sandbox);
            throw e;
        }
    }

    private Exec prepare(Sandbox sandbox, ExecSpec spec, Omission omission) throws IOException {
        SandboxSpec container = sandbox.spec();
        Accounts.User user = new Accounts(container.root().layers())
                .find(container
                        .application()
                        .withUser(spec.user().orElse(container.application().user())));
        int shift = container.namespaces().user().map(IdRange::first).orElse(0);
        try (Descriptor target = Syscalls.pidfdOpen(sandbox.pid())) {
            ContainerNamespaces namespaces = ContainerNamespaces.of(sandbox.pid());
            ExecFiles files = new ExecFiles(spec, sandbox, shift + user.uid(), shift);
            try {
                // All that was looked up by its number was its own if that number still means it.
                requireRunning(sandbox);
                return join(
                        sandbox,
                        spec,
                        files,
                        new ExecProgram(container, spec, user, files, target, namespaces),
                        target,
                        omission);
            } catch (IOException | RuntimeException e) {
                files.close();
                throw e;
            }
        }
    }

    private static void requireRunning(Sandbox sandbox) throws ExecException {
        if (sandbox.record().process().filter(p -> p.runs()).isEmpty()) {
            String how = sandbox.exit().map(Exit::text).orElse("it has just ended");
            throw new ExecException(sandbox.id(), "it does not run: " + how, List.of());
        }
        if (sandbox.paused()) {
            throw new ExecException(sandbox.id(), "it is paused; let it go on first with 'slipway resume'", List.of());
        }
    }

    private Exec join(
            Sandbox sandbox, ExecSpec spec, ExecFiles files, ExecProgram program, Descriptor target, Omission omission)
            throws IOException {
        long end = System.nanoTime() + spec.startAtMost().toNanos();
        long oomKills = sandbox.stats().oomKills();
        SyscallProgram inside = program.second();
        omission.apply(inside);
        try (DetachedProgram second = DetachedProgram.of(inside)) {
            Spawn.Spawned spawned = spawn(sandbox, program.first(helper, second), spec, target);
            ExecEnding ending = ExecEnding.watch(
                    spawned.pid(),
                    spawned.pidfd(),
                    spec.atMost(),
                    () -> sandbox.stats().oomKills(),
                    oomKills,
                    watcher,
                    Clock.systemUTC());
            files.closeGiven();
            boolean inTime = awaitJoined(files.joinedRead(), end);
            DetachedProgram.Outcome outcome = second.outcome();
            Supplier<List<CallResult>> calls = () -> Stream.concat(spawned.calls().stream(), outcome.calls().stream())
                    .toList();
            if (inTime && outcome.fatal().isEmpty() && outcome.executed()) {
                return new Exec(spawned.pid(), spawned.pidfd(), calls, spec, files, ending);
            }
            throw failed(sandbox, spec, inTime, outcome, calls.get(), discard(spawned.pidfd(), ending));
        }
    }

    private static Spawn.Spawned spawn(Sandbox sandbox, SyscallProgram first, ExecSpec spec, Descriptor target)
            throws IOException {
        try (Descriptor own = Syscalls.open(Path.of("/proc/self/ns/pid"), Syscalls.O_RDONLY, 0)) {
            return Spawn.run(
                    new Spawn.Request(first, 0, Path.of("/"), Optional.empty(), spec.startAtMost()),
                    List.of(new Spawn.Join(target, own, Spawn.NEWPID)),
                    child -> {});
        } catch (SpawnException e) {
            throw new ExecException(sandbox.id(), String.valueOf(e.getMessage()), e.calls());
        }
    }

    /** Whether the pipe came to its end in time. */
    private boolean awaitJoined(Descriptor joined, long end) throws IOException {
        CompletableFuture<Boolean> came = new CompletableFuture<>();
        DescriptorWatcher.Watch watch = watcher.watch(joined, DescriptorWatcher.News.END, () -> came.complete(true));
        try {
            return came.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed so", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            watch.forget();
            joined.close();
        }
    }

    private static Optional<Exit> discard(Descriptor pidfd, ExecEnding ending) throws IOException {
        Syscalls.pidfdSignal(pidfd, Signal.SIGKILL);
        ending.collected().thenRun(pidfd::close);
        try {
            return Optional.of(ending.exit().get(TO_DIE.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static ExecException failed(
            Sandbox sandbox,
            ExecSpec spec,
            boolean inTime,
            DetachedProgram.Outcome outcome,
            List<CallResult> calls,
            Optional<Exit> exit) {
        String why;
        if (!inTime) {
            why = "it did not get so far within " + spec.startAtMost().toMillis()
                    + " ms and was killed"
                    + (calls.isEmpty() ? "" : ", last at " + calls.getLast().text())
                    + "; perhaps a process of the container has stopped it";
        } else if (outcome.fatal().isPresent()) {
            CallResult fatal = outcome.fatal().get();
            String call = fatal.text() + " = " + Errno.describe((int) -fatal.result());
            why = outcome.meaning().map(meaning -> meaning + " [" + call + "]").orElse(call);
        } else {
            why = exit.map(Exit::text).orElse("it ended") + " after " + calls.size() + " calls";
        }
        return new ExecException(sandbox.id(), why, calls);
    }
}
