package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.PseudoTerminal;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Descriptors of a command in a container. Its input and output are pipes or a terminal of the container's own: never ours, by which it would have
 * hold of a file or terminal of the host.
 */
final class ExecFiles implements AutoCloseable {
    private static final int TTY_GROUP = 5;
    private final List<Descriptor> given = new ArrayList<>();
    private final List<Descriptor> kept = new ArrayList<>();
    private final List<Descriptor> standard = new ArrayList<>();
    private final List<Descriptor> joinFiles = new ArrayList<>();
    private final Optional<PseudoTerminal> terminal;
    private final Descriptor joinedRead;
    private final Descriptor joinedWrite;

    /** @param hostUid who the command is on the host; {@code shift} is the host's number of its root */
    ExecFiles(ExecSpec spec, Sandbox sandbox, int hostUid, int shift) throws IOException {
        try {
            Descriptor[] joined = Syscalls.pipe();
            joinedRead = keep(joined[0]);
            joinedWrite = give(joined[1]);
            for (Path directory : sandbox.cgroup().directories()) {
                // Of version 1 not cgroup.procs, for which the kernel takes a lock that costs milliseconds.
                Path tasks = directory.resolve("tasks");
                Path file = Files.exists(tasks) ? tasks : directory.resolve("cgroup.procs");
                joinFiles.add(give(Syscalls.open(file, Syscalls.O_WRONLY, 0)));
            }
            terminal = spec.terminal().isPresent()
                    ? Optional.of(PseudoTerminal.in(
                            sandbox.pid(),
                            hostUid,
                            shift + TTY_GROUP,
                            spec.terminal().get()))
                    : Optional.empty();
            if (terminal.isPresent()) {
                keep(terminal.get().master());
                Descriptor slave = give(terminal.get().slave());
                standard.addAll(List.of(slave, slave, slave));
            } else {
                openPipes(spec, hostUid);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void openPipes(ExecSpec spec, int hostUid) throws SyscallException {
        if (spec.input()) {
            Descriptor[] input = Syscalls.pipe();
            standard.add(give(owned(input[0], hostUid)));
            keep(input[1]);
        } else {
            standard.add(give(Syscalls.open(Path.of("/dev/null"), Syscalls.O_RDONLY, 0)));
        }
        for (int i = 1; i < 3; i++) {
            if (spec.discard()) {
                standard.add(give(Syscalls.open(Path.of("/dev/null"), Syscalls.O_WRONLY, 0)));
            } else {
                Descriptor[] output = Syscalls.pipe();
                keep(output[0]);
                standard.add(give(owned(output[1], hostUid)));
            }
        }
    }

    /** So that the command can open its /dev/stdout and the like. */
    private static Descriptor owned(Descriptor pipe, int uid) throws SyscallException {
        Syscalls.chown(pipe, uid, 0);
        return pipe;
    }

    /** Input, output and error of the command. */
    List<Descriptor> standard() {
        return standard;
    }

    /** Files that join a cgroup when {@code 0} is written to them. */
    List<Descriptor> joinFiles() {
        return joinFiles;
    }

    Optional<PseudoTerminal> terminal() {
        return terminal;
    }

    /** Read to its end once the command is executed, or the process has ended before. */
    Descriptor joinedRead() {
        return joinedRead;
    }

    Descriptor joinedWrite() {
        return joinedWrite;
    }

    /** Our ends of its pipes, in order: input if it has one, output, error; or the terminal. */
    List<Descriptor> ours() {
        return kept.subList(1, kept.size());
    }

    /** The child's ends. */
    void closeGiven() {
        given.forEach(Descriptor::close);
    }

    @Override
    public void close() {
        closeGiven();
        kept.forEach(Descriptor::close);
    }

    private Descriptor give(Descriptor descriptor) {
        given.add(descriptor);
        return descriptor;
    }

    private Descriptor keep(Descriptor descriptor) {
        kept.add(descriptor);
        return descriptor;
    }
}
