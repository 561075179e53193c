package io.slipway.sandbox.oci;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Poll;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Runs hooks one after the other, with the container's state on their standard input (runtime.md, "Lifecycle"; config.md, "Hooks"). */
final class HookRunner {
    private static final Duration FOREVER = Duration.ofDays(1);
    private static final Duration EXEC_PATIENCE = Duration.ofSeconds(20);
    private static final int SIGKILL = 9;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private final Path directory;
    private final Path stateFile;

    /**
     * @param directory where they begin: the bundle
     * @param stateFile that is written for them
     */
    HookRunner(Path directory, Path stateFile) {
        this.directory = directory;
        this.stateFile = stateFile;
    }

    /** In our own namespaces. */
    void run(List<HookConfig> hooks, byte[] state) throws IOException {
        run(hooks, state, Optional.empty());
    }

    /**
     * In the namespaces of a process.
     *
     * @throws OciException at the first that fails
     */
    void run(List<HookConfig> hooks, byte[] state, Optional<JoinedNamespaces> joined) throws IOException {
        if (hooks.isEmpty()) {
            return;
        }
        Files.write(stateFile, state);
        for (HookConfig hook : hooks) {
            try (Descriptor input = Syscalls.open(stateFile, Syscalls.O_RDONLY, 0)) {
                run(hook, input, joined);
            }
        }
    }

    private void run(HookConfig hook, Descriptor input, Optional<JoinedNamespaces> joined) throws IOException {
        SyscallProgram program = new SyscallProgram();
        joined.ifPresent(namespaces -> namespaces.enter(program));
        program.call(SyscallNumber.DUP3, Argument.descriptor(input), Argument.number(0), Argument.number(0));
        program.call(
                SyscallNumber.CLOSE_RANGE,
                Argument.number(3),
                Argument.flags(0xffffffffL, "~0"),
                Argument.flags(CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC"));
        program.call(
                SyscallNumber.RT_SIGPROCMASK,
                Argument.flags(2, "SIG_SETMASK"),
                Argument.bytes(new byte[8], "[]"),
                Argument.none(),
                Argument.number(8));
        program.call(
                SyscallNumber.EXECVE,
                Argument.text(hook.path()),
                Argument.texts(hook.args()),
                Argument.texts(hook.env()));
        Spawn.Request request = new Spawn.Request(program, 0, directory, Optional.empty(), EXEC_PATIENCE);
        String name = hook.at() + ", the hook " + hook.path() + ",";
        try {
            List<Spawn.Join> joins = joined.map(JoinedNamespaces::joins).orElse(List.of());
            Spawn.Begun begun = Spawn.begin(request, joins, child -> {});
            try (Descriptor pidfd = begun.pidfd()) {
                begun.awaitExec(EXEC_PATIENCE);
                await(name, pidfd, hook.timeout());
            }
        } catch (io.slipway.linux.SpawnException e) {
            throw new OciException(
                    hook.at() + ".path is \"" + hook.path() + "\", which could not be run"
                            + joined.map(_ -> " in the container's namespaces").orElse("") + ": " + e.why()
                            + "; name a program that is there and can be executed, or leave the hook out",
                    e);
        }
    }

    private static void await(String name, Descriptor pidfd, Optional<Duration> timeout) throws IOException {
        if (!Poll.awaitEnd(pidfd, timeout.orElse(FOREVER))) {
            Syscalls.pidfdSignal(pidfd, SIGKILL);
            Poll.awaitEnd(pidfd, EXEC_PATIENCE);
            Syscalls.reap(pidfd);
            throw new OciException(name + " did not end within its timeout of "
                    + timeout.orElse(FOREVER).toSeconds() + " s and was killed");
        }
        int status = Syscalls.reap(pidfd).orElse(0);
        if (status != 0) {
            int signal = status & 0x7f;
            throw new OciException(name + (signal == 0 ? " exited " + (status >> 8) : " was killed by signal " + signal)
                    + "; its own messages are above, if it wrote any");
        }
    }
}
