package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.Signal;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.cgroup.Cgroup;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.cgroup.LimitsChange;
import io.slipway.sandbox.cgroup.Stats;
import io.slipway.sandbox.log.ContainerLog;
import io.slipway.sandbox.log.FullSegment;
import io.slipway.sandbox.log.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One container, created, running or ended. May be used by several threads. */
public final class Sandbox {
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(2);
    private static final Duration FREEZE_PATIENCE = Duration.ofSeconds(2);
    private static final int APPLICATION_PID = 2;
    private static final long PAUSE_NANOS = 1_000_000L;

    private final SandboxDirectory directory;
    private final Cgroup cgroup;
    private final ContainerLog log;
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    /** Held while its files are written, so that none appears in a directory that is being removed. */
    private final Object files = new Object();

    private final Optional<OpenConsole> console;

    private volatile SandboxRecord record;
    private volatile BiConsumer<ContainerEvent.Kind, String> events = (kind, detail) -> {};
    private @Nullable Supplier<Explanation> unwrittenExplanation;
    private boolean unwrittenEnd;
    private volatile boolean removed;
    private volatile @Nullable Descriptor pidfd;
    private volatile int applicationPid;

    Sandbox(SandboxDirectory directory, Cgroup cgroup, SandboxRecord record) {
        this(directory, cgroup, record, Optional.empty());
    }

    Sandbox(SandboxDirectory directory, Cgroup cgroup, SandboxRecord record, Optional<OpenConsole> console) {
        this.console = console;
        this.directory = directory;
        this.cgroup = cgroup;
        this.record = record;
        log = new ContainerLog(
                directory.log(),
                directory.stdout(),
                directory.stderr(),
                record.spec().log());
        record.exit().ifPresent(exit::complete);
    }

    /** Whether it runs. */
    public enum State {
        /** It has never run. */
        CREATED,
        RUNNING,
        ENDED
    }

    public String id() {
        return record.spec().id();
    }

    public SandboxSpec spec() {
        return record.spec();
    }

    public State state() {
        return exit().map(how -> how.started() ? State.ENDED : State.CREATED).orElse(State.RUNNING);
    }

    /** Our side of its {@link Console}; empty without one, and of a container that was started elsewhere. */
    public Optional<OpenConsole> console() {
        return console;
    }

    /** Host pid of its pid 1; signals are not to be sent there. */
    public int pid() {
        return record.process().map(ProcessIdentity::pid).orElse(0);
    }

    public Instant startedAt() {
        return record.startedAt().orElse(record.createdAt());
    }

    /** Where it can be reached; empty without a network. */
    public Optional<Network.Attachment> attachment() {
        return record.attachment();
    }

    /** How it ended, which says so of one that has never run; empty while it runs. */
    public Optional<Exit> exit() {
        return exit.isDone() ? Optional.of(exit.join()) : Optional.empty();
    }

    /** Completed when it ends; what depends on it runs in a virtual thread. */
    public CompletableFuture<Exit> onExit() {
        return exit.thenApplyAsync(how -> how, Thread::startVirtualThread);
    }

    /** Waits for its end; empty when it still runs after {@code atMost}. */
    public Optional<Exit> awaitExit(Duration atMost) throws InterruptedException {
        try {
            return Optional.of(exit.get(atMost.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the exit of container " + id() + " could not be found out", e);
        }
    }

    /** Sends a signal to the application, e.g. {@code SIGHUP}; does nothing when it has ended. */
    public void signal(String signal) throws IOException {
        signal(Signal.number(signal));
    }

    /**
     * Asks it to end, and kills it when it has not ended within {@code grace}.
     *
     * @param signal that asks, e.g. {@code SIGTERM}
     */
    public Exit stop(String signal, Duration grace) throws IOException, InterruptedException {
        signal(signal);
        // After the signal, which it then finds when it goes on.
        cgroup.thaw();
        Optional<Exit> ended = awaitExit(grace);
        return ended.isPresent() ? ended.get() : kill();
    }

    /** Ends it and everything in it, at once. */
    public Exit kill() throws IOException, InterruptedException {
        // The application first: pid 1 can then still write down how it ended.
        signal(Signal.SIGKILL);
        if (cgroup.frozen()) {
            cgroup.killAllBut(pid());
        }
        Optional<Exit> ended = awaitExit(KILL_PATIENCE);
        if (ended.isEmpty()) {
            Descriptor handle = pidfd;
            if (handle != null) {
                Syscalls.pidfdSignal(handle, Signal.SIGKILL);
            }
            cgroup.killAll();
            ended = awaitExit(KILL_PATIENCE);
        }
        return ended.orElseThrow(() -> new IOException("container " + id() + " did not end after SIGKILL; "
                + "a process in it waits for the kernel (state D in ps), e.g. for a dead disk or network file system"));
    }

    /**
     * Stops all its processes where they are; returns once they stand still. They keep their memory, and answer nothing until {@link #resume}; stop
     * and kill work. Does nothing when it is paused.
     *
     * @throws IOException when it has ended, or its processes do not stand still within two seconds; they then go on
     */
    public void pause() throws IOException {
        requireRunning("paused");
        cgroup.freeze(FREEZE_PATIENCE);
        events.accept(ContainerEvent.Kind.PAUSED, "");
    }

    /** Lets it go on. Does nothing when it is not paused. */
    public void resume() throws IOException {
        requireRunning("resumed");
        cgroup.thaw();
        events.accept(ContainerEvent.Kind.RESUMED, "");
    }

    /** As the kernel says; also when it was paused by somebody else. Nothing may then be executed in it. */
    public boolean paused() {
        return !exit.isDone() && cgroup.frozen();
    }

    /**
     * Changes its limits while it runs: all of them, or none. What {@code limits} does not name is not limited any more, so begin with those of its
     * {@link #spec}.
     *
     * @throws IllegalArgumentException for a value beyond what this host has, naming field, value and what to do
     * @throws IOException when it has ended, or the kernel does not take one, e.g. less memory than is in use
     */
    public void update(Limits limits) throws IOException {
        requireRunning("updated");
        synchronized (files) {
            SandboxRecord recorded = record;
            Limits before = cgroup.limits();
            cgroup.update(limits);
            try {
                record = recorded.limited(limits);
                record.appendWithSpec(directory.state());
            } catch (IOException e) {
                record = recorded;
                cgroup.update(before);
                throw new IOException("the limits of container " + id() + " were not changed: " + e.getMessage(), e);
            }
            String change = new LimitsChange(recorded.spec().limits(), limits).text();
            if (!change.isEmpty()) {
                events.accept(ContainerEvent.Kind.UPDATED, change);
            }
        }
    }

    private void requireRunning(String what) throws IOException {
        if (exit.isDone()) {
            String how = exit.join().text();
            throw new IOException("container " + id() + " cannot be " + what + ": it "
                    + (state() == State.CREATED ? "was " + how : "has ended (" + how + ")"));
        }
    }

    /** What the process that looks after it has said last; empty where none ever did. */
    public Optional<Supervision> supervision() {
        return Supervision.read(directory.supervision());
    }

    /** By the one process that looks after it. Does nothing when it has been removed. */
    public void supervised(Supervision now) throws IOException {
        now.write(directory.supervision());
    }

    /** Whoever would start it again when it has ended does not. To be said before it is stopped. */
    public void forgoRestarts() throws IOException {
        directory.forgoRestarts();
    }

    /** What was said of an earlier start goes with it: for who starts it on purpose. */
    public void forgetUpkeep() throws IOException {
        Files.deleteIfExists(directory.noRestart());
        Files.deleteIfExists(directory.supervision());
    }

    /** Whether it is not to be started again: as somebody said so, or has removed it. */
    public boolean restartsForgone() {
        return Files.exists(directory.noRestart()) || !Files.exists(directory.state());
    }

    /** Those in it now, by their pids; one that ends meanwhile is left out. */
    public List<ContainerProcess> processes() throws IOException {
        return ContainerProcess.all(spec(), cgroup.processes());
    }

    /**
     * Executes a command in it.
     *
     * @throws ExecException if it does not run, or the command could not be executed; nothing of it is left
     */
    public Exec exec(ExecSpec command) throws IOException {
        Exec exec = ExecStart.start(this, command);
        // Its arguments may hold secrets.
        events.accept(ContainerEvent.Kind.EXEC, command.argv().getFirst());
        return exec;
    }

    /** As {@link #exec}, for asking how it is, again and again: the events do not tell of it. */
    public Exec ask(ExecSpec command) throws IOException {
        return ExecStart.start(this, command);
    }

    /** Adds to the events what somebody found out about it, or means to do with it. */
    public void tell(ContainerEvent.Kind kind, String detail) {
        events.accept(kind, detail);
    }

    /**
     * Takes over into its log what it has written up to now; once it has ended, all of it.
     *
     * @return false when another process is at it; try again
     */
    public boolean collectLog() throws IOException {
        return collectLog(FullSegment.UNREAD);
    }

    /** As {@link #collectLog()}, for who reads each segment of the log before it may be removed. */
    public boolean collectLog(FullSegment full) throws IOException {
        try {
            synchronized (log) {
                return removed || log.collect(full);
            }
        } catch (NoSuchFileException e) {
            if (Files.exists(directory.state())) {
                throw e;
            }
            // Another process removed it, and with it what was not read.
            return true;
        }
    }

    /**
     * Has what it writes limited to the length of its log while nobody takes it over: for who goes away and leaves it running. Does nothing when it has
     * ended.
     */
    public void limitLogAlone() throws IOException {
        try {
            LogTrimmer.leaveFor(this);
        } catch (SyscallException e) {
            if (e.errno() != Errno.ESRCH && e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    /** What {@link #collectLog} took over, from the oldest line on that is kept. */
    public LogReader readLog() {
        return log.read();
    }

    /** Standard output of the application; appended to. Where it was taken over into the log there may be a hole, which reads as zeros. */
    public Path stdoutLog() {
        return directory.stdout();
    }

    public Path stderrLog() {
        return directory.stderr();
    }

    /** What it uses now; the last figures once it has ended, until it is removed. */
    public Stats stats() {
        return cgroup.stats();
    }

    /** Directories of its control group, one per hierarchy. */
    public List<Path> cgroups() {
        return cgroup.directories();
    }

    /** Every system call that made it, with results and times; its pid 1's too, as far as they have been made. */
    public Explanation explain() throws IOException {
        writeDown();
        Explanation explanation = Explanation.read(directory.explanation());
        return Files.exists(directory.status())
                ? spec().pidOne()
                        .lastRecord(Files.readAllBytes(directory.status()))
                        .map(r -> explanation.with(r.calls()))
                        .orElse(explanation)
                : explanation;
    }

    SandboxDirectory directory() {
        return directory;
    }

    SandboxRecord record() {
        return record;
    }

    Cgroup cgroup() {
        return cgroup;
    }

    /** @param teller of what happens to it, beside its end */
    void tellBy(BiConsumer<ContainerEvent.Kind, String> teller) {
        events = teller;
    }

    void attach(Descriptor handle) {
        pidfd = handle;
    }

    /** How it was made, to be decoded when it is written down. */
    void explained(Supplier<Explanation> explanation) {
        synchronized (files) {
            unwrittenExplanation = explanation;
        }
    }

    /** Called once the process has ended, or was found to have ended. */
    void ended(String otherwise, Instant now) {
        Descriptor handle = pidfd;
        try {
            Optional<Integer> status = handle == null ? Optional.empty() : Syscalls.reap(handle);
            if (handle == null || !ownProcesses()) {
                // The end of a pid 1 ends all others of its namespace, but only where it is that.
                cgroup.killAll();
            }
            Exit how = new ExitFinder(spec(), cgroup.oom(), now).find(directory.status(), status, otherwise);
            synchronized (files) {
                record = record.ended(how);
                unwrittenEnd = true;
            }
            // First told, then written: should we die between the two, it will be found out again in the same way.
            exit.complete(how);
            if (how.kind() != Exit.Kind.EXITED) {
                // Perhaps only we know, as the parent of its pid 1.
                writeDown();
            }
        } catch (IOException | RuntimeException | Error e) {
            // Or whoever waits for its end would wait for ever.
            exit.completeExceptionally(e);
        } finally {
            pidfd = null;
            if (handle != null) {
                handle.close();
            }
        }
    }

    /** Writes down what has not been written yet. */
    void writeDown() {
        synchronized (files) {
            try {
                if (!removed && unwrittenExplanation != null) {
                    unwrittenExplanation.get().write(directory.explanation());
                }
                if (!removed && unwrittenEnd) {
                    record.append(directory.state());
                }
            } catch (NoSuchFileException e) {
                // Another process removed it meanwhile.
                removed = true;
            } catch (IOException e) {
                System.getLogger(Sandbox.class.getName()).log(System.Logger.Level.WARNING, "a container's files", e);
            }
            unwrittenExplanation = null;
            unwrittenEnd = false;
        }
    }

    /** From here on nothing of it is written any more. */
    void removed() {
        synchronized (files) {
            removed = true;
            unwrittenExplanation = null;
        }
        synchronized (log) {
            // Whoever is collecting now comes to its end; nobody begins any more.
            unwrittenExplanation = null;
        }
    }

    private void signal(int number) throws IOException {
        Optional<Integer> pid = application();
        if (pid.isEmpty()) {
            return;
        }
        try (Descriptor application = Syscalls.pidfdOpen(pid.get())) {
            // The number may have come to mean another process between the look and the open.
            if (isApplication(pid.get())) {
                Syscalls.pidfdSignal(application, number);
            }
        } catch (SyscallException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
    }

    /**
     * Whether a child of its pid 1 is what that started. Where it sees the processes of others, it is not the pid 1 of orphans, so has no other child,
     * and that keeps its number until it has been waited for.
     */
    private boolean isApplication(int child) {
        return ownProcesses()
                ? ProcessIdentity.innermostPid(child) == APPLICATION_PID
                : record.process().orElseThrow().children().contains(child);
    }

    private boolean ownProcesses() {
        return spec().namespaces().own(Namespace.PID);
    }

    /** Host pid of the application: the child of pid 1 that is number 2 inside. Waits for it to be made. */
    private Optional<Integer> application() {
        Optional<ProcessIdentity> pidOne = record.process();
        long end = System.nanoTime() + KILL_PATIENCE.toNanos();
        while (applicationPid == 0 && pidOne.isPresent() && !exit.isDone() && System.nanoTime() < end) {
            for (int child : pidOne.get().children()) {
                if (isApplication(child)) {
                    applicationPid = child;
                }
            }
            if (applicationPid == 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        return applicationPid == 0 || exit.isDone() ? Optional.empty() : Optional.of(applicationPid);
    }
}
