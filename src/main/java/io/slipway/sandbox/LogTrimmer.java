package io.slipway.sandbox;

import io.slipway.linux.Argument;
import io.slipway.linux.Descriptor;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallNumber;
import io.slipway.linux.SyscallProgram;
import io.slipway.linux.Syscalls;
import io.slipway.linux.TrimmerProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Keeps what a container writes from filling the disk while nobody takes it over into its log (decision 27): of each stream the last part is kept, as
 * long as its log may be. A process of a few pages, which ends with the container.
 */
final class LogTrimmer {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int STANDARD = 3;
    private static final int F_SETFD = 2;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int AT_EMPTY_PATH = 0x1000;

    private LogTrimmer() {}

    static void leaveFor(Sandbox sandbox) throws IOException {
        try (Descriptor out = Syscalls.open(sandbox.stdoutLog(), Syscalls.O_WRONLY, 0);
                Descriptor err = Syscalls.open(sandbox.stderrLog(), Syscalls.O_WRONLY, 0);
                Descriptor nothing = Syscalls.open(Path.of("/dev/null"), Syscalls.O_RDONLY, 0);
                Descriptor process = Syscalls.pidfdOpen(sandbox.pid());
                Descriptor executable = Syscalls.sealedExecutable(
                        "slipway-trimmer",
                        TrimmerProgram.executable(
                                List.of(out.number(), err.number()),
                                process.number(),
                                sandbox.spec().log().bytes()))) {
            SyscallProgram program = program(nothing, List.of(out, err, process), executable);
            Spawn.Request request = new Spawn.Request(program, 0, Path.of("/"), Optional.empty(), PATIENCE);
            Spawn.run(request, child -> {}).pidfd().close();
        }
    }

    /** In a session of its own, with nothing of ours open but what it needs; signals stay blocked, so that no hangup ends it. */
    private static SyscallProgram program(Descriptor nothing, List<Descriptor> needed, Descriptor executable) {
        SyscallProgram program = new SyscallProgram();
        program.call(SyscallNumber.SETSID);
        for (int i = 0; i < STANDARD; i++) {
            program.call(SyscallNumber.DUP3, Argument.descriptor(nothing), Argument.number(i), Argument.number(0));
        }
        program.call(
                SyscallNumber.CLOSE_RANGE,
                Argument.number(STANDARD),
                Argument.flags(0xffffffffL, "~0"),
                Argument.flags(CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC"));
        for (Descriptor kept : needed) {
            program.call(
                    SyscallNumber.FCNTL,
                    Argument.descriptor(kept),
                    Argument.flags(F_SETFD, "F_SETFD"),
                    Argument.number(0));
        }
        program.call(
                SyscallNumber.EXECVEAT,
                Argument.descriptor(executable),
                Argument.text(""),
                Argument.texts(List.of("slipway-trimmer")),
                Argument.texts(List.of()),
                Argument.flags(AT_EMPTY_PATH, "AT_EMPTY_PATH"));
        return program;
    }
}
