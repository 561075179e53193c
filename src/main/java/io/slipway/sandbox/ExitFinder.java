package io.slipway.sandbox;

import io.slipway.linux.Errno;
import io.slipway.linux.PidOne;
import io.slipway.linux.Signal;
import io.slipway.sandbox.cgroup.MemoryLimits;
import io.slipway.sandbox.cgroup.Oom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Tells how a container ended, from what its pid 1 wrote down, its own wait status where we are its parent, and its cgroup. */
final class ExitFinder {
    private static final int KILLED_BY_SHELL_CONVENTION = 128 + Signal.SIGKILL;
    private final SandboxSpec spec;
    private final Oom oom;
    private final Instant now;

    ExitFinder(SandboxSpec spec, Oom oom, Instant now) {
        this.spec = spec;
        this.oom = oom;
        this.now = now;
    }

    /** @param ownStatus of pid 1, when it was our child */
    Exit find(Path status, Optional<Integer> ownStatus, String otherwise) throws IOException {
        Optional<PidOne.Record> written = records(status);
        Optional<Integer> application = written.flatMap(PidOne.Record::waitStatus);
        Instant at = application.isPresent() ? writtenAt(status) : now;
        if (written.isPresent() && written.get().applicationPid() < 0) {
            return notExecuted("clone", -written.get().applicationPid(), at);
        }
        if (written.flatMap(PidOne.Record::limitErrno).isPresent()) {
            return notExecuted("prlimit64", written.get().limitErrno().get(), at);
        }
        if (written.flatMap(PidOne.Record::execErrno).isPresent()) {
            return notExecuted("execve", written.get().execErrno().get(), at);
        }
        return application
                .or(() -> ownStatus.filter(ExitFinder::signalled))
                .map(waitStatus -> of(waitStatus, at))
                .orElseGet(() -> new Exit(Exit.Kind.UNKNOWN, -1, 0, otherwise, at));
    }

    private Instant writtenAt(Path status) throws IOException {
        try {
            return Files.getLastModifiedTime(status).toInstant();
        } catch (NoSuchFileException e) {
            // Another process starts it again already.
            return now;
        }
    }

    private Optional<PidOne.Record> records(Path status) throws IOException {
        try {
            return spec.pidOne().lastRecord(Files.readAllBytes(status));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private Exit notExecuted(String call, int errno, Instant at) {
        String command = spec.application().argv().getFirst();
        String meaning = call.equals("execve")
                ? new ExecFailure(spec.root(), place(command), errno)
                        .text()
                        .map(text -> ": " + text)
                        .orElse("")
                : "";
        String text = call + " of '" + command + "' failed: " + Errno.describe(errno) + meaning;
        return new Exit(Exit.Kind.NOT_EXECUTED, CommandSearch.code(errno), 0, text, at);
    }

    /** Where the command was found. */
    private String place(String command) {
        Map<String, String> env = ProcessProgram.environment(spec.application(), "", "/");
        ImageFiles files = new ImageFiles(spec.root());
        return CommandSearch.of(command, env).places().stream()
                .filter(files::has)
                .findFirst()
                .orElse(command);
    }

    private static boolean signalled(int waitStatus) {
        return (waitStatus & 0x7f) != 0;
    }

    private Exit of(int waitStatus, Instant at) {
        int signal = waitStatus & 0x7f;
        int code = signal == 0 ? waitStatus >> 8 & 0xff : 128 + signal;
        // A shell reports the SIGKILL of what it ran as 137.
        if (oom.kills() > 0 && code == KILLED_BY_SHELL_CONVENTION) {
            String over = oom.overBytes().isPresent()
                    ? "over " + MemoryLimits.size(oom.overBytes().getAsLong())
                    : "the host's memory was full";
            return new Exit(Exit.Kind.OOM, code, signal, "OOM: " + over, at);
        }
        String also = oom.kills() > 0 ? "; " + oom.kills() + " of its processes were killed for lack of memory" : "";
        return signal == 0
                ? new Exit(Exit.Kind.EXITED, code, 0, "exited " + code + also, at)
                : new Exit(Exit.Kind.SIGNALLED, code, signal, "killed by " + Signal.name(signal) + also, at);
    }
}
