package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.CallLog;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Handover;
import io.slipway.linux.Purpose;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.sandbox.cgroup.Cgroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Descriptors that the agent opens for a child, with rights that the child does not have; closed once it has exec'd. What it mounts and joins is opened
 * while it is being made, and handed over when it waits; what its application has, while it mounts.
 */
final class ChildFiles implements AutoCloseable {
    private static final Path NOTHING = Path.of("/dev/null");
    private static final int STANDARD = 3;
    private final SandboxDirectory directory;
    private final Cgroup cgroup;
    private final Descriptor pidOne;
    private final CallLog log;
    private final Handover handover;
    private final Handover last;
    private final List<Descriptor> given = new ArrayList<>();
    private final List<Descriptor> givenLast = new ArrayList<>();
    private final List<Descriptor> owned = new ArrayList<>();
    private final Map<Descriptor, Argument> open = new IdentityHashMap<>();
    private final Console console;
    private final List<Argument> layers;
    private final List<Argument> joinFiles;
    private final List<Argument> standard;
    private final Argument status;
    private Optional<Descriptor> input = Optional.empty();

    /**
     * @param open already, and of others: they are handed over too, not closed
     * @param layers lowest first
     */
    ChildFiles(
            SandboxDirectory directory,
            Cgroup cgroup,
            Descriptor pidOne,
            List<Descriptor> open,
            List<Path> layers,
            Console console,
            CallLog log)
            throws IOException {
        this.directory = directory;
        this.cgroup = cgroup;
        this.pidOne = pidOne;
        this.console = console;
        this.log = log;
        log.purpose(Purpose.PROCESS);
        handover = new Handover();
        last = handover.next();
        for (Descriptor one : open) {
            given.add(one);
            this.open.put(one, handover.promise(one.object()));
        }
        this.layers = layers.stream().map(this::promise).toList();
        joinFiles = cgroup.joinFiles().stream().map(this::promise).toList();
        standard = console.terminal().isPresent()
                ? Collections.nCopies(STANDARD, last.promise("terminal"))
                : Stream.of(console.input() ? "input" : NOTHING, directory.stdout(), directory.stderr())
                        .map(object -> last.promise(object.toString()))
                        .toList();
        status = last.promise(directory.status().toString());
    }

    private Argument promise(Path path) {
        return handover.promise(path.toString());
    }

    /** Opens what was promised first, in the same order. */
    void open(MountFiles mounts) throws IOException {
        log.purpose(Purpose.ROOT);
        given.addAll(mounts.openLayers());
        log.purpose(Purpose.CGROUPS);
        for (Path file : cgroup.joinFiles()) {
            given.add(own(Syscalls.open(file, Syscalls.O_WRONLY, 0)));
        }
    }

    /**
     * Opens the rest but a terminal, in the same order.
     *
     * @param hostUid who the application is on the host; the logs are its own, so that it can open /dev/stdout
     */
    void openLast(int hostUid) throws IOException {
        log.purpose(Purpose.PROCESS);
        if (console.terminal().isEmpty()) {
            openStandard(hostUid);
        }
        log.purpose(Purpose.PID_ONE);
        givenLast.add(own(appended(directory.status())));
    }

    private void openStandard(int hostUid) throws IOException {
        if (console.input()) {
            Descriptor[] pipe = Syscalls.pipe();
            input = Optional.of(pipe[1]);
            givenLast.add(own(pipe[0]));
            Syscalls.chown(pipe[0], hostUid, 0);
        } else {
            givenLast.add(own(Syscalls.open(NOTHING, Syscalls.O_RDONLY, 0)));
        }
        for (Path output : List.of(directory.stdout(), directory.stderr())) {
            Descriptor file = own(appended(output));
            givenLast.add(file);
            Syscalls.chown(file, hostUid, 0);
        }
    }

    /** Our end of what the application reads, from here on the caller's; empty when there is none. */
    Optional<Descriptor> takeInput() {
        Optional<Descriptor> taken = input;
        input = Optional.empty();
        return taken;
    }

    Descriptor pidOne() {
        return pidOne;
    }

    /** Of what it mounts and joins. */
    Handover handover() {
        return handover;
    }

    /** Of what its application has. */
    Handover last() {
        return last;
    }

    /** What the child has for one that was open already. */
    Argument given(Descriptor descriptor) {
        return Objects.requireNonNull(open.get(descriptor), descriptor.object());
    }

    /** Lowest first. */
    List<Argument> layers() {
        return layers;
    }

    List<Argument> joinFiles() {
        return joinFiles;
    }

    /** Input, output and error of the application. */
    List<Argument> standard() {
        return standard;
    }

    Argument status() {
        return status;
    }

    /** Lets the child go on, with what was opened first. */
    void give() throws SyscallException {
        handover.give(given);
    }

    /**
     * Lets it go on to its exec, with the rest.
     *
     * @param terminal if it has one
     */
    void giveLast(Optional<Descriptor> terminal) throws SyscallException {
        terminal.ifPresent(givenLast::addFirst);
        last.give(givenLast);
    }

    @Override
    public void close() {
        owned.forEach(Descriptor::close);
        input.ifPresent(Descriptor::close);
        handover.close();
    }

    private Descriptor own(Descriptor descriptor) {
        owned.add(descriptor);
        return descriptor;
    }

    private static Descriptor appended(Path path) throws SyscallException {
        return Syscalls.open(path, Syscalls.O_WRONLY | Syscalls.O_CREAT | Syscalls.O_APPEND, 0640);
    }
}
