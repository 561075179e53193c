package io.slipway.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** User namespaces that are there for their maps alone, without a process in them: by these a mount can show its owners (mount_setattr(2)). */
public final class UserNamespaces {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private UserNamespaces() {}

    /**
     * Makes one; it lives as long as its descriptor, or a mount that uses it.
     *
     * @param users as written to uid_map (user_namespaces(7)); the first number is an owner on disk, the second who that is shown as
     * @param groups as written to gid_map
     */
    public static Descriptor of(String users, String groups) throws IOException {
        if (CallLog.planning()) {
            return Syscalls.open(Path.of("/proc/self/ns/user"), Syscalls.O_RDONLY, 0);
        }
        Descriptor[] pipe = Syscalls.pipe();
        AtomicReference<Descriptor> opened = new AtomicReference<>();
        try (Descriptor read = pipe[0]) {
            Spawn.Begun begun;
            try (Descriptor write = pipe[1]) {
                Spawn.Request request = new Spawn.Request(
                        waiting(read, write), Spawn.NEWUSER, Path.of("/"), Optional.empty(), PATIENCE);
                begun = Spawn.begin(request, List.of(), child -> opened.set(open(child.pid(), users, groups)));
            }
            try (Descriptor pidfd = begun.pidfd()) {
                Syscalls.awaitEnd(pidfd);
            }
            return opened.get();
        } catch (IOException | RuntimeException e) {
            Optional.ofNullable(opened.get()).ifPresent(Descriptor::close);
            throw e;
        }
    }

    /** Ends when our end of the pipe is closed, whether by us or by our death. */
    private static SyscallProgram waiting(Descriptor read, Descriptor write) {
        SyscallProgram program = new SyscallProgram();
        program.call(SyscallNumber.CLOSE, Argument.descriptor(write));
        program.call(
                SyscallNumber.READ,
                Argument.descriptor(read),
                Argument.bytes(new byte[1], "until it is opened"),
                Argument.number(1));
        return program;
    }

    private static Descriptor open(int pid, String users, String groups) throws SyscallException {
        Path process = Path.of("/proc/" + pid);
        Syscalls.writeFile(process.resolve("uid_map"), users);
        Syscalls.writeFile(process.resolve("gid_map"), groups);
        return Syscalls.open(process.resolve("ns/user"), Syscalls.O_RDONLY, 0);
    }
}
