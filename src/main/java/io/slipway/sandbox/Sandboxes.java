package io.slipway.sandbox;

import io.slipway.linux.CallLog;
import io.slipway.linux.CallResult;
import io.slipway.linux.Descriptor;
import io.slipway.linux.DescriptorWatcher;
import io.slipway.linux.Errno;
import io.slipway.linux.PidOne;
import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.Purpose;
import io.slipway.linux.Spawn;
import io.slipway.linux.SpawnException;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.cgroup.Cgroup;
import io.slipway.sandbox.cgroup.CgroupLayout;
import io.slipway.sandbox.cgroup.Limits;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The runtime over one state directory: starts containers, finds those of an earlier run, and removes only what it made. Containers outlive it.
 * May be used by several threads, virtual ones too.
 */
public final class Sandboxes implements AutoCloseable {
    private final OwnedDirectory directory;
    private final Optional<Network> network;
    private final boolean shared;
    private final CgroupLayout layout;
    private final Clock clock;
    private final String bootId;
    private final ProcessIdentity self;
    private final Descriptor pidOne;
    private final DescriptorWatcher watcher;
    private final Afterwards later;
    private final Map<String, Sandbox> sandboxes = new ConcurrentHashMap<>();
    private final Optional<LogKeeper> logs;
    private final EventLog events;
    private final EndTeller ends = new EndTeller(this::tellEnd);
    private final OomTeller ooms;
    private final Volumes volumes;
    private final IdRanges ranges;
    private final NamespaceChoice choice;
    private final IdMaps maps = new IdMaps();
    private final Teardown teardown;
    private final Adopter adopter;

    private Sandboxes(
            OwnedDirectory directory, Optional<Network> network, CgroupLayout layout, Clock clock, boolean shared)
            throws IOException {
        this.directory = directory;
        this.shared = shared;
        this.network = network;
        teardown = new Teardown(network);
        this.layout = layout;
        this.clock = clock;
        volumes = new Volumes(directory.path());
        ranges = new IdRanges(directory.path(), directory.hash(), shared, SubordinateIds.ofHost());
        choice = new NamespaceChoice(ranges, this::find);
        bootId = ProcessIdentity.bootId();
        self = ProcessIdentity.self();
        pidOne = Syscalls.sealedExecutable("slipway-pid1", PidOne.PLAIN.executable());
        watcher = new DescriptorWatcher("container-watcher");
        ooms = new OomTeller(watcher, (id, detail) -> tell(id, ContainerEvent.Kind.OOM, detail));
        later = new Afterwards();
        events = new EventLog(directory.path());
        events.rotate();
        adopter = new Adopter(this, directory, shared, clock, ranges, teardown, sandboxes);
        // Those of one command collect when somebody reads.
        logs = shared ? Optional.empty() : Optional.of(new LogKeeper(this::list));
    }

    /**
     * Opens a state directory for one process, which is then the only one; makes it when it is missing. Call {@link #adopt} next.
     *
     * @param owner who it belongs to; a directory of another owner is refused
     * @param network joined by those whose spec says so
     */
    public static Sandboxes open(Path dir, String owner, Optional<Network> network) throws IOException {
        return open(dir, owner, network, false, CgroupLayout.detect());
    }

    /** Opens a state directory that several processes may have open so at the same time, each for one command. */
    public static Sandboxes openShared(Path dir, String owner, Optional<Network> network) throws IOException {
        return open(dir, owner, network, true, CgroupLayout.detect());
    }

    static Sandboxes open(Path dir, String owner, Optional<Network> network, boolean shared, CgroupLayout layout)
            throws IOException {
        OwnedDirectory owned = OwnedDirectory.open(dir, owner, shared);
        try {
            Syscalls.setUndumpable();
            return new Sandboxes(owned, network, layout, Clock.systemUTC(), shared);
        } catch (IOException | RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    /** Starts a container that is given no secrets. */
    public Sandbox start(SandboxSpec spec) throws IOException {
        return start(spec, Map.of());
    }

    /**
     * Starts a container; returns once its pid 1 runs.
     *
     * @param secrets contents by name, of those that the spec mounts
     * @throws SandboxException if it could not be started; nothing of it is left
     * @throws IllegalArgumentException for a limit beyond what this host has, naming field, value and what to do
     * @throws FileAlreadyExistsException if there is one with this id
     */
    public Sandbox start(SandboxSpec spec, Map<String, byte[]> secrets) throws IOException {
        return start(spec, secrets, Omission.NONE);
    }

    /** As {@link #start}, with something left out on purpose: only to show what it is good for. */
    public Sandbox startWithout(SandboxSpec spec, Omission omission) throws IOException {
        return start(spec, Map.of(), omission);
    }

    private Sandbox start(SandboxSpec asked, Map<String, byte[]> secrets, Omission omission) throws IOException {
        check(asked);
        CallLog log = new CallLog();
        Sandbox sandbox = log.over(() -> begin(asked, UnaryOperator.identity()));
        tell(sandbox.id(), ContainerEvent.Kind.CREATED, "");
        return launch(sandbox, secrets, omission, log, why -> {
            undo(() -> sweep(sandbox), why);
            tell(sandbox.id(), ContainerEvent.Kind.REMOVED, "did not start: " + why.getMessage());
        });
    }

    /**
     * Makes a container that does not run yet: it has its id, its ids and a hold on its layers, and nothing of the kernel's. Started by
     * {@link #start(Sandbox, Console, Map)}, also after the host was booted again.
     *
     * @throws IllegalArgumentException for a limit beyond what this host has, naming field, value and what to do
     * @throws FileAlreadyExistsException if there is one with this id
     */
    public Sandbox create(SandboxSpec asked) throws IOException {
        check(asked);
        Sandbox created = begin(asked, record -> record.ended(Exit.notStarted(record.createdAt())));
        sandboxes.put(created.id(), created);
        tell(created.id(), ContainerEvent.Kind.CREATED, "");
        return created;
    }

    private void check(SandboxSpec asked) throws IOException {
        if (asked.namespaces().network().isPresent() && network.isEmpty()) {
            throw new IOException("container " + asked.id() + " asks for a network, but this runtime has none");
        }
        TimeNamespaces.check(asked);
        layout.check(asked.limits());
    }

    /**
     * Starts one that was created, or has ended: that one with the files that it has written, its ids and its log; all else is made anew.
     *
     * @param console how it is used from now on
     * @param secrets as for {@link #start(SandboxSpec, Map)}
     * @return what runs now; {@code resting} is not to be used any more
     * @throws SandboxException if it could not be started; it is then as it was before
     * @throws IOException if it runs, if another process is starting it, or if its host was booted since it ended: its own layer is not synced
     */
    public Sandbox start(Sandbox resting, Console console, Map<String, byte[]> secrets) throws IOException {
        try (StartLock _ = StartLock.of(resting.directory())) {
            Sandbox found = current(resting);
            Exit before = found.exit()
                    .orElseThrow(() -> new IOException("container " + found.id() + " runs; it is not started again"));
            if (before.started() && !found.record().bootId().equals(bootId)) {
                throw new IOException("container " + found.id() + " ended with its host, which may have lost what it"
                        + " wrote; it is not started again. Run a new one.");
            }
            found.writeDown();
            // It asks what is taken away now.
            ends.await(found);
            teardown.takeDown(found).take();
            SandboxRecord record = found.record().again(console, bootId, self);
            Sandbox next = new Sandbox(found.directory(), group(record.spec()), record);
            record.appendWhole(next.directory().state());
            Consumer<Exception> back = why -> undo(() -> teardown.takeBack(next, before), why);
            return launch(next, secrets, Omission.NONE, new CallLog(), back);
        } catch (NoSuchFileException e) {
            throw new IOException("container " + resting.id() + " has been removed", e);
        }
    }

    private Sandbox launch(
            Sandbox prepared, Map<String, byte[]> secrets, Omission omission, CallLog log, Consumer<Exception> undo)
            throws IOException {
        try {
            if (prepared.record().restarting()) {
                prepared.directory().readyForAgain();
            }
            Sandbox started = log.over(() -> run(prepared, secrets, omission, log));
            sandboxes.put(started.id(), started);
            tell(started.id(), ContainerEvent.Kind.STARTED, "pid " + started.pid());
            return started;
        } catch (IOException | RuntimeException e) {
            undo.accept(e);
            List<CallResult> child = e instanceof SpawnException spawn ? spawn.calls() : List.of();
            throw new SandboxException(
                    prepared.id(),
                    e,
                    Explanation.interleaved(false, log.parts(), child).calls());
        }
    }

    ProcessIdentity self() {
        return self;
    }

    /** Of the kernel that runs. */
    String bootId() {
        return bootId;
    }

    Cgroup group(SandboxSpec spec) {
        return layout.group(directory.hash(), spec.id(), spec.limits());
    }

    /**
     * The calls that {@link #start} would make. Nothing is run, and nothing is changed; the ids, where none are asked for, are those of layers on
     * disk.
     */
    public Explanation plan(SandboxSpec asked) throws IOException {
        CallLog log = CallLog.ofPlan();
        return log.over(() -> {
            Sandbox sandbox = begin(asked, UnaryOperator.identity());
            try (JoinedNamespaces joined = choice.open(sandbox.spec().namespaces())) {
                return new ContainerLaunch(sandbox, means(), joined, Omission.NONE, log).plan();
            }
        });
    }

    /** Its directory and its record, before anything else is made of it: whoever finds it after a crash knows what it is. */
    private Sandbox begin(SandboxSpec asked, UnaryOperator<SandboxRecord> phase) throws IOException {
        SandboxDirectory files = new SandboxDirectory(directory.path().resolve(asked.id()));
        try {
            // Environments may hold secrets.
            Syscalls.mkdir(files.path(), 0700);
        } catch (SyscallException e) {
            if (e.errno() == Errno.EEXIST) {
                throw new FileAlreadyExistsException(files.path().toString());
            }
            throw e;
        }
        SandboxSpec spec = withIds(asked, files);
        SandboxRecord record = phase.apply(SandboxRecord.preparing(spec, bootId, self, clock.instant()));
        record.writeFirst(files.state());
        return new Sandbox(files, group(spec), record);
    }

    private SandboxSpec withIds(SandboxSpec asked, SandboxDirectory files) throws IOException {
        if (CallLog.planning()) {
            return choice.plan(asked);
        }
        try {
            return choice.claim(asked);
        } catch (IOException | RuntimeException e) {
            files.delete();
            throw e;
        }
    }

    private ContainerLaunch.Means means() {
        return new ContainerLaunch.Means(pidOne, network, volumes, maps, clock);
    }

    private Sandbox run(Sandbox sandbox, Map<String, byte[]> secrets, Omission omission, CallLog log)
            throws IOException {
        try (JoinedNamespaces joined = choice.open(sandbox.spec().namespaces())) {
            ContainerLaunch launch = new ContainerLaunch(sandbox, means(), joined, omission, log);
            Spawn.Spawned spawned = launch.run(secrets);
            Sandbox running = new Sandbox(sandbox.directory(), sandbox.cgroup(), launch.record(), launch.console());
            log.purpose(Purpose.PID_ONE);
            running.explained(() -> Explanation.interleaved(false, log.parts(), spawned.calls()));
            watch(running, spawned.pidfd());
            later.add(running::writeDown);
            return running;
        }
    }

    /** What is taken as asked and most likely not meant, for people; none for most. */
    public List<String> notes(Limits limits) {
        return layout.notes(limits);
    }

    /** Name of its directory below {@code slipway} in each cgroup hierarchy. */
    public String cgroupName() {
        return directory.hash();
    }

    /** The same, without opening it: for who looks for traces. {@code dir} is a real path. */
    public static String cgroupName(Path dir, String owner) {
        return OwnedDirectory.cgroupName(dir, owner);
    }

    /** Names of the volumes that are kept. */
    public List<String> volumes() throws IOException {
        return volumes.list();
    }

    /** Ids of the containers, running and ended, that have a volume. */
    public List<String> volumeUsers(String name) {
        return sandboxes.values().stream()
                .filter(sandbox -> sandbox.spec().root().volumes().stream()
                        .anyMatch(volume -> volume.name().equals(name)))
                .map(Sandbox::id)
                .sorted()
                .toList();
    }

    /** Waits until the files of what was removed are deleted too: for who ends without a {@link #close}. */
    public void settle() throws InterruptedException {
        later.settle();
    }

    /** Removes a volume with all that lies in it; not while a container has it. */
    public void removeVolume(String name) throws IOException {
        if (!volumeUsers(name).isEmpty()) {
            throw new IOException("volume " + name + " is of container " + String.join(", ", volumeUsers(name))
                    + "; remove that first");
        }
        volumes.remove(name);
    }

    /** What a container has sent and received by its network; empty without one, and once it is removed. */
    public Optional<Network.Traffic> traffic(Sandbox sandbox) throws IOException {
        Optional<Connection> joined = sandbox.spec().namespaces().network();
        return joined.isPresent() && network.isPresent()
                ? network.get().traffic(sandbox.id(), joined.get())
                : Optional.empty();
    }

    /** All that are known, running and ended. */
    public Collection<Sandbox> list() {
        return List.copyOf(sandboxes.values());
    }

    public Optional<Sandbox> find(String id) {
        return Optional.ofNullable(sandboxes.get(id));
    }

    /**
     * Takes up what an earlier run left: watches what runs, finds out how the rest ended, and removes what was only half made. A container is
     * known again by pid and start time under the same boot.
     */
    public Adoption adopt() throws IOException {
        return adopter.adopt();
    }

    /** The same as it is now: another process may have started it again since it was found here. */
    public Sandbox current(Sandbox found) throws IOException {
        return adopter.current(found);
    }

    void tell(String id, ContainerEvent.Kind kind, String detail) {
        if (events.add(new ContainerEvent(clock.instant(), id, kind, detail))) {
            later.add(events::write);
        }
    }

    /** What happened to them, also in other processes. */
    public EventLog events() {
        return events;
    }

    void tellOf(Sandbox sandbox) {
        sandbox.tellBy((kind, detail) -> tell(sandbox.id(), kind, detail));
        ends.begin(sandbox);
    }

    private void tellEnd(Sandbox sandbox) {
        Exit exit = sandbox.exit().orElseThrow();
        ooms.end(sandbox, exit.kind() == Exit.Kind.OOM ? 1 : 0);
        tell(sandbox.id(), ContainerEvent.Kind.ENDED, exit.text());
    }

    void watch(Sandbox sandbox, Descriptor handle) throws SyscallException {
        tellOf(sandbox);
        later.add(() -> ooms.begin(sandbox));
        sandbox.attach(handle);
        watcher.watch(handle, DescriptorWatcher.News.END, () -> {
            sandbox.ended("its pid 1 was killed by somebody else; how is not known", clock.instant());
            later.add(sandbox::writeDown);
        });
    }

    /** Removes a container with its cgroup, network and files; kills it first when it runs. Does nothing when it is gone. */
    public void remove(Sandbox sandbox) throws IOException, InterruptedException {
        if (sandbox.state() == Sandbox.State.RUNNING) {
            sandbox.kill();
        }
        removeEnded(sandbox);
    }

    /** @throws StartLock.Held if another process starts it, or has started it */
    void removeEnded(Sandbox sandbox) throws IOException {
        if (!shared) {
            takeAway(sandbox);
            return;
        }
        try (StartLock _ = StartLock.of(sandbox.directory())) {
            if (current(sandbox).state() == Sandbox.State.RUNNING) {
                throw new StartLock.Held("container " + sandbox.id() + " has just been started by somebody else");
            }
            takeAway(sandbox);
        } catch (NoSuchFileException e) {
            // Somebody else removed it.
            takeAway(sandbox);
        }
    }

    private void takeAway(Sandbox sandbox) throws IOException {
        if (sandboxes.remove(sandbox.id()) != null
                || Files.exists(sandbox.directory().path())) {
            ends.await(sandbox);
            sandbox.removed();
            sweep(sandbox);
            tell(sandbox.id(), ContainerEvent.Kind.REMOVED, "");
        }
    }

    /** Ends whatever is left of a container and takes it away. */
    void sweep(Sandbox sandbox) throws IOException {
        if (sandbox.state() == Sandbox.State.RUNNING) {
            teardown.kill(sandbox);
        }
        Network.Rest network = teardown.takeDown(sandbox);
        SandboxDirectory rest = sandbox.directory().setAside();
        if (sandbox.spec().namespaces().user().isPresent()) {
            ranges.release(sandbox.spec().namespaces().user().get(), sandbox.id());
        }
        later.add(rest::deleteOrTell);
        later.add(() -> takeOrTell(sandbox, network));
    }

    private static void takeOrTell(Sandbox sandbox, Network.Rest rest) {
        try {
            rest.take();
        } catch (IOException e) {
            String consequence = "the address of container " + sandbox.id()
                    + " is not given to another before the agent's next start";
            System.getLogger(Sandboxes.class.getName()).log(System.Logger.Level.WARNING, consequence, e);
        }
    }

    /** What is done when a start has failed. */
    private interface Undoing {
        void run() throws IOException;
    }

    private static void undo(Undoing work, Exception why) {
        try {
            work.run();
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private void obeyAtEnd() {
        try {
            adopter.removeForgotten();
        } catch (IOException e) {
            String consequence = "a container that was to be removed at its end stays until the next adoption";
            System.getLogger(Sandboxes.class.getName()).log(System.Logger.Level.WARNING, consequence, e);
        }
    }

    /** Lets go of the directory. Containers go on. */
    @Override
    public void close() throws IOException {
        logs.ifPresent(LogKeeper::close);
        watcher.close();
        list().forEach(ends::await);
        ooms.close();
        obeyAtEnd();
        later.close();
        pidOne.close();
        maps.close();
        ranges.close();
        layout.removeEmpty(directory.hash());
        directory.close();
    }
}
