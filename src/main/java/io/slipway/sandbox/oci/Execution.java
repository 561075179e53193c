package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Poll;
import io.slipway.linux.Purpose;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.Capabilities;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Another process in a container that is there: in its namespaces and control groups, with its rights or those it is given. */
final class Execution {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration FOREVER = Duration.ofDays(10_000);
    private final OciContainer container;
    private final ExecOptions options;
    private final Duration patience;
    private final CallReport report;

    Execution(OciContainer container, ExecOptions options, CallReport report) {
        this(container, options, PATIENCE, report);
    }

    /** @param patience for each of its two waits: until it has joined, and until it executes; a container's root may stop it on its way */
    Execution(OciContainer container, ExecOptions options, Duration patience, CallReport report) {
        this.report = report;
        this.container = container;
        this.options = options;
        this.patience = patience;
    }

    ExecResult run() throws IOException {
        BundleConfig config = container.config();
        ProcessConfig given = process(config);
        CapabilityConfig sets = config.linux().has(NamespaceConfig.Type.USER)
                ? given.capabilities()
                : HeldCapabilities.within(given.capabilities(), HeldCapabilities.ours(), warning -> {});
        ProcessConfig process = given.with(sets, given.noNewPrivileges())
                .withDefault(
                        "HOME",
                        HomeDirectory.of(
                                container.record().rootfs(), given.user().uid()));
        if (process.terminal() != options.consoleSocket().isPresent()) {
            throw new OciException(
                    process.terminal()
                            ? "a terminal needs somebody who attends it: name a socket with --console-socket"
                            : "--console-socket is given, but no terminal is asked for: add --tty");
        }
        Syscalls.setUndumpable();
        try (JoinedNamespaces joined = namespaces();
                ExecFiles files = new ExecFiles(container)) {
            ExecProgram program =
                    new ExecProgram(process, SeccompConfig.filter(config), joined, files, options.preserveFds());
            Spawn.Request request = new Spawn.Request(program.program(), 0, Path.of("/"), Optional.empty(), patience);
            Spawn.Begun begun = Spawn.begin(request, joined.joins(), child -> attend(child, process, files, program));
            try (Descriptor pidfd = begun.pidfd()) {
                begun.awaitExec(patience);
                if (options.pidFile().isPresent()) {
                    Creation.writePidFile(options.pidFile().get(), begun.pid());
                }
                return new ExecResult(begun.pid(), options.detach() ? Optional.empty() : Optional.of(await(pidfd)));
            }
        } catch (io.slipway.linux.SpawnException e) {
            throw new OciException(
                    "exec of '" + process.args().getFirst() + "' in container " + container.id() + ": " + e.why(), e);
        }
    }

    /** Looked up by its pid: its own if that still means it afterwards; or, once it has come to mean a process of the host, none at all. */
    private JoinedNamespaces namespaces() throws IOException {
        JoinedNamespaces joined;
        try {
            joined = JoinedNamespaces.of(container.pid());
        } catch (SyscallException e) {
            needAlive();
            // Its process has let go of them, and is not dead yet.
            throw new OciException(
                    "cannot exec in container " + container.id() + " that is ending: " + e.getMessage(), e);
        }
        try {
            needAlive();
            return joined;
        } catch (IOException e) {
            joined.close();
            throw e;
        }
    }

    private void needAlive() throws IOException {
        container.need("exec", Status.CREATED, Status.RUNNING);
    }

    private void attend(Spawn.Waiting child, ProcessConfig process, ExecFiles files, ExecProgram program)
            throws IOException {
        report.mark();
        report.purpose(Purpose.PROCESS);
        Optional<SeccompListener> listener = program.listener();
        if (listener.isPresent() && listener.get().comesBefore(program.ready())) {
            listener.get().handOver(child, OciContainer.state(container.record(), Status.RUNNING));
        }
        child.await(program.ready(), patience);
        if (options.consoleSocket().isPresent()) {
            SocketHandover.ofTerminal(options.consoleSocket().get())
                    .giveTerminal(child, files.master().number());
        }
        PrivilegeSteps.finishLimits(process, program.limits(), child);
        if (listener.isPresent() && !listener.get().comesBefore(program.ready())) {
            listener.get().handOver(child, OciContainer.state(container.record(), Status.RUNNING));
        }
        report.take(child);
        Syscalls.write(files.releaseWrite(), new byte[1]);
    }

    /** Exit code of a child of ours; 128 + signal when a signal ended it. */
    static int await(Descriptor pidfd) throws IOException {
        Poll.awaitEnd(pidfd, FOREVER);
        int status = Syscalls.reap(pidfd).orElse(0);
        int signal = status & 0x7f;
        return signal == 0 ? status >> 8 : 128 + signal;
    }

    private ProcessConfig process(BundleConfig config) throws IOException {
        if (options.process().isPresent()) {
            Node node = JsonDocument.read(options.process().get(), "the process file");
            return ProcessConfig.parse(node, new OciVersion(1, 3));
        }
        ProcessConfig own = config.process()
                .orElseThrow(() -> new OciException("container " + container.id()
                        + " has no process section to take the rest from; give all with --process"));
        if (options.args().isEmpty()) {
            throw new OciException("name a command to run, or a file with --process");
        }
        List<String> env = new ArrayList<>(own.env());
        env.addAll(options.env());
        return own.withArgs(options.args())
                .with(
                        options.tty(),
                        user(own.user()),
                        List.copyOf(env),
                        options.cwd().orElse(own.cwd()))
                .with(capabilities(own), own.noNewPrivileges() || options.noNewPrivileges());
    }

    private CapabilityConfig capabilities(ProcessConfig own) throws OciException {
        long more = 0;
        for (String name : options.capabilities()) {
            if (!Capabilities.isKnown(name)) {
                throw new OciException("--cap " + name + " is not known; name one as CAP_CHOWN (capabilities(7))");
            }
            more |= 1L << Capabilities.number(name);
        }
        return own.capabilities().plus(more);
    }

    private ProcessConfig.User user(ProcessConfig.User own) throws OciException {
        List<Integer> groups = options.additionalGids().isEmpty() ? own.additionalGids() : options.additionalGids();
        if (options.user().isEmpty()) {
            return new ProcessConfig.User(own.uid(), own.gid(), groups, own.umask());
        }
        String text = options.user().get();
        if (!text.matches("[0-9]{1,10}(:[0-9]{1,10})?")) {
            throw new OciException(
                    "--user " + text + " is not UID or UID:GID in numbers; names are resolved by who calls");
        }
        String[] ids = text.split(":");
        return new ProcessConfig.User(id(ids[0]), ids.length > 1 ? id(ids[1]) : own.gid(), groups, OptionalInt.empty());
    }

    private static int id(String text) throws OciException {
        long id = Long.parseLong(text);
        if (id > 0xfffffffeL) {
            throw new OciException("id " + text + " is above 4294967294, the last one that there is");
        }
        return (int) id;
    }
}
