package io.slipway.sandbox;

import io.slipway.linux.CallLog;
import io.slipway.linux.CallResult;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.Purpose;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.linux.netlink.NamespaceDoor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The agent's part of one start, from the record to the child's exec; or the plan of it, in which the same calls are only written down. */
final class ContainerLaunch {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Sandbox sandbox;
    private final SandboxSpec spec;
    private final SandboxDirectory files;
    private final Means means;
    private final JoinedNamespaces joined;
    private final Omission omission;
    private final CallLog log;
    private final boolean again;
    private final LaunchedConsole console;
    private SandboxRecord record;
    private Optional<OpenConsole> opened = Optional.empty();

    /** What a runtime has for all its containers. */
    record Means(Descriptor pidOne, Optional<Network> network, Volumes volumes, IdMaps maps, Clock clock) {}

    /** @param joined namespaces that are open as long as this */
    ContainerLaunch(Sandbox sandbox, Means means, JoinedNamespaces joined, Omission omission, CallLog log) {
        this.sandbox = sandbox;
        this.means = means;
        this.joined = joined;
        this.omission = omission;
        this.log = log;
        spec = sandbox.spec();
        files = sandbox.directory();
        record = sandbox.record();
        again = record.exit().filter(Exit::started).isPresent();
        console = new LaunchedConsole(spec.console(), spec.pidOne());
    }

    /** As written down last. */
    SandboxRecord record() {
        return record;
    }

    /** Of what was started, for whoever has started it. */
    Optional<OpenConsole> console() {
        return opened;
    }

    /** @param secrets contents by name */
    Spawn.Spawned run(Map<String, byte[]> secrets) throws IOException {
        Accounts.User user = prepare();
        Optional<Descriptor> birthplace = birthplace();
        try (console;
                MountFiles mounts = mounts(user, secrets);
                ChildFiles files = opened(mounts)) {
            ContainerProgram program = program(user, mounts, files);
            Spawn.Request request = request(program, birthplace);
            log.mark();
            Spawn.Spawned spawned = Spawn.run(
                    request,
                    joined.birth(),
                    () -> openMore(files, mounts),
                    child -> attend(child, program, files, user));
            opened = console.open(files, spawned.pid());
            return spawned;
        } finally {
            birthplace.ifPresent(Descriptor::close);
        }
    }

    /** With a log of a plan; secrets are unknown to it. */
    Explanation plan() throws IOException {
        Accounts.User user = prepare();
        List<CallResult> child;
        Map<String, byte[]> unknown = new java.util.HashMap<>();
        spec.root().secrets().forEach(secret -> unknown.put(secret.name(), new byte[0]));
        Optional<Descriptor> birthplace = birthplace();
        try (console;
                MountFiles mounts = mounts(user, unknown);
                ChildFiles opened = opened(mounts)) {
            ContainerProgram program = program(user, mounts, opened);
            child = request(program, birthplace).planned();
            log.mark();
            openMore(opened, mounts);
            mapIds("PID");
            Optional<Network.Joining> joining = join(NamespaceDoor.PLANNED);
            give(opened);
            if (program.clocks().isPresent()) {
                setClocks("PID");
            }
            connect(joining);
            opened.openLast(shift() + user.uid());
            limit();
            ProcessIdentity unborn = new ProcessIdentity(0, 0);
            record.running(
                            unborn,
                            joining.map(Network.Joining::attachment),
                            means.clock().instant())
                    .append(files.state());
            letGo(opened);
            log.purpose(Purpose.PROCESS);
        } finally {
            birthplace.ifPresent(Descriptor::close);
        }
        return Explanation.interleaved(true, log.parts(), child)
                .with(spec.pidOne().planned());
    }

    private Accounts.User prepare() throws IOException {
        Accounts.User user = new Accounts(spec.root().layers()).find(spec.application());
        log.purpose(Purpose.ROOT);
        if (!again) {
            Syscalls.mkdir(files.fs(), 0755);
            Syscalls.chown(files.fs(), shift(), shift());
        }
        return user;
    }

    private Optional<Descriptor> birthplace() throws IOException {
        log.purpose(Purpose.CGROUPS);
        return sandbox.cgroup().createBirthplace();
    }

    private MountFiles mounts(Accounts.User user, Map<String, byte[]> secrets) throws IOException {
        log.purpose(Purpose.ROOT);
        return MountFiles.open(spec, means.volumes(), means.maps(), user, secrets);
    }

    private ChildFiles opened(MountFiles mounts) throws IOException {
        List<Descriptor> open = new ArrayList<>(mounts.trees());
        joined.entered().forEach(entry -> open.add(entry.getValue()));
        return new ChildFiles(
                files,
                sandbox.cgroup(),
                console.pidOne(means.pidOne()),
                open,
                spec.root().layers(),
                spec.console(),
                log);
    }

    private ContainerProgram program(Accounts.User user, MountFiles mounts, ChildFiles opened) {
        Optional<Network.Resolver> resolver =
                means.network().flatMap(network -> spec.namespaces().network().flatMap(network::resolver));
        String resolvConf = resolver.map(EtcFiles::resolvConf).orElseGet(EtcFiles::resolvConf);
        return new ContainerProgram(again, spec, user, opened, mounts, resolvConf, joined.entered());
    }

    /** While the kernel makes the child with its namespaces, which takes about as long. */
    private void openMore(ChildFiles opened, MountFiles mounts) throws IOException {
        log.purpose(Purpose.CGROUPS);
        sandbox.cgroup().create();
        opened.open(mounts);
    }

    private int shift() {
        return spec.namespaces().user().map(IdRange::first).orElse(0);
    }

    private Spawn.Request request(ContainerProgram program, Optional<Descriptor> group) {
        omission.apply(program.program());
        long own = program.namespaces() & ~omission.namespaces();
        Optional<Descriptor> birthplace = omission.leavesGroups() ? Optional.empty() : group;
        return new Spawn.Request(program.program(), own, files.fs(), birthplace, PATIENCE);
    }

    /** While the child waits: ids, network, the record; then it is let go. */
    private void attend(Spawn.Waiting child, ContainerProgram program, ChildFiles opened, Accounts.User user)
            throws IOException {
        mapIds(Integer.toString(child.pid()));
        Optional<Network.Joining> joining = join(child.pid());
        joining.ifPresent(it -> child.fill(program.hosts(), 1, hosts(it.attachment())));
        log.purpose(Purpose.PROCESS);
        Grants.give(spec.privileges(), child.pid());
        give(opened);
        if (program.clocks().isPresent()) {
            child.await(program.clocks().get(), PATIENCE);
            setClocks(Integer.toString(child.pid()));
        }
        connect(joining);
        opened.openLast(shift() + user.uid());
        limit();
        console.make(child, program, shift() + user.uid(), shift(), PATIENCE);
        Optional<ProcessIdentity> identity = ProcessIdentity.of(child.pid());
        if (identity.isEmpty()) {
            // It has ended: its program says at which call.
            return;
        }
        record = record.running(
                identity.get(),
                joining.map(Network.Joining::attachment),
                means.clock().instant());
        // Before it executes anything: from then on it lives without us, and must be found again.
        record.append(files.state());
        letGo(opened);
        log.purpose(Purpose.PROCESS);
    }

    /** While the child mounts: it waits once more before it executes anything. */
    private void limit() throws IOException {
        log.purpose(Purpose.CGROUPS);
        sandbox.cgroup().limit();
        log.purpose(Purpose.RECORD);
    }

    private void mapIds(String pid) throws SyscallException {
        log.purpose(Purpose.NAMESPACES);
        Optional<IdRange> range = spec.namespaces().user();
        if (spec.namespaces().own(Namespace.USER) && range.isPresent() && !omission.leavesIdMaps()) {
            for (String file : List.of("uid_map", "gid_map")) {
                Syscalls.writeFile(
                        Path.of("/proc/" + pid + "/" + file), range.get().map());
            }
        }
    }

    private void setClocks(String pid) throws IOException {
        log.purpose(Purpose.NAMESPACES);
        ClockOffsets clocks = spec.namespaces().clocks();
        try {
            Syscalls.writeFile(Path.of("/proc/" + pid + "/timens_offsets"), 0, 0, clocks.file());
        } catch (SyscallException e) {
            if (e.errno() == Errno.ERANGE) {
                throw new IOException(
                        "its clocks cannot be so far from the host's that they would show less than 0, or more than 146"
                                + " years: " + clocks.text() + "; the host's own show how long it has been up, "
                                + Files.readString(Path.of("/proc/uptime")).split("[. ]", 2)[0] + " s (/proc/uptime)",
                        e);
            }
            throw e;
        }
    }

    /** Its interface is made while it mounts, unless it sets parameters of the kernel then, which may be of the interface. */
    private Optional<Network.Joining> join(int pid) throws IOException {
        Optional<Connection> wanted = spec.namespaces().network();
        if (wanted.isEmpty() || means.network().isEmpty()) {
            return Optional.empty();
        }
        log.purpose(Purpose.NETWORK);
        Network.Joining joining = means.network().get().join(spec.id(), wanted.get(), pid);
        return Optional.of(spec.namespaces().sysctls().isEmpty() ? joining : joining.whole());
    }

    private void connect(Optional<Network.Joining> joining) throws IOException {
        log.purpose(Purpose.NETWORK);
        if (joining.isPresent()) {
            joining.get().rest().take();
        }
    }

    private byte[] hosts(Network.Attachment attachment) {
        return EtcFiles.hosts(spec.namespaces().hostname(), attachment.addresses())
                .getBytes(StandardCharsets.UTF_8);
    }

    private void give(ChildFiles opened) throws SyscallException {
        log.purpose(Purpose.PROCESS);
        opened.give();
        log.mark();
    }

    private void letGo(ChildFiles opened) throws SyscallException {
        log.purpose(Purpose.RECORD);
        console.letGo(opened);
        log.mark();
    }
}
