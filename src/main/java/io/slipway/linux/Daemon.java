package io.slipway.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that outlives us: a session of its own, no terminal, no descriptor of ours, only the environment that it is given, output appended
 * to a log file; as another user through setpriv(1), without a way back to more privileges.
 *
 * <p>Each carries a mark in its environment, so that it is found again even if we were killed before its pid file was written. Signals are
 * sent only while the process is still the one that was started.
 */
public final class Daemon {
    private static final String MARK = "SLIPWAY_DAEMON";
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration KILL_WITHIN = Duration.ofSeconds(10);

    private final PidFile identity;
    private final Path pidFile;

    private Daemon(PidFile identity, Path pidFile) {
        this.identity = identity;
        this.pidFile = pidFile;
    }

    /**
     * What to start.
     *
     * @param mark unique on this machine, for example the owner's id and the role
     * @param pidFile where the process' identity is kept
     * @param user empty to stay what we are
     */
    public record Command(
            String mark,
            List<String> argv,
            Path directory,
            Map<String, String> environment,
            Path log,
            Path pidFile,
            Optional<User> user) {}

    /** A user by numbers; it needs no entry in /etc/passwd. */
    public record User(int uid, int gid) {
        /** The command that runs {@code argv} as this user: no supplementary groups, no capabilities, no way to regain any. */
        public List<String> argv(List<String> argv) {
            List<String> all = new ArrayList<>(List.of(
                    "/usr/bin/setpriv",
                    "--reuid=" + uid,
                    "--regid=" + gid,
                    "--clear-groups",
                    "--inh-caps=-all",
                    "--bounding-set=-all",
                    "--no-new-privs"));
            all.addAll(argv);
            return all;
        }
    }

    /** Starts it in the background. That the program itself could be executed shows in its log, and in whether it stays. */
    public static Daemon start(Command command) throws IOException {
        List<String> argv = new ArrayList<>(List.of("/usr/bin/setsid"));
        argv.addAll(command.user.map(user -> user.argv(command.argv)).orElse(command.argv));
        ProcessBuilder builder = new ProcessBuilder(argv);
        builder.directory(command.directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(command.environment);
        builder.environment().put(MARK, command.mark);
        builder.redirectInput(Path.of("/dev/null").toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(command.log.toFile()));
        Process process = builder.start();
        int pid = Math.toIntExact(process.pid());
        Optional<PidFile> identity = PidFile.of(pid);
        if (identity.isEmpty()) {
            throw new IOException("starting " + command.argv.getFirst() + ": it ended at once with " + exitOf(process)
                    + "; see " + command.log);
        }
        identity.get().save(command.pidFile);
        unprotect(pid);
        return new Daemon(identity.get(), command.pidFile);
    }

    /** The process of an earlier {@link #start} with this mark, if it still runs. */
    public static Optional<Daemon> find(String mark, Path pidFile) throws IOException {
        Optional<PidFile> known = PidFile.load(pidFile).filter(PidFile::alive).filter(p -> carries(p.pid(), mark));
        if (known.isEmpty()) {
            known = search(mark);
        }
        if (known.isEmpty()) {
            // For a moment of its execve(2) a process has no environment that could be read.
            known = search(mark);
        }
        if (known.isPresent()) {
            known.get().save(pidFile);
        }
        return known.map(identity -> new Daemon(identity, pidFile));
    }

    /**
     * Keeps this process from the OOM killer as far as it may (-1000 is never, 0 the default); what {@link #start} starts is not kept.
     *
     * @return false where the kernel does not allow it (without CAP_SYS_RESOURCE)
     */
    public static boolean protectSelf(int oomScoreAdj) {
        try {
            Files.writeString(Path.of("/proc/self/oom_score_adj"), Integer.toString(oomScoreAdj));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public int pid() {
        return identity.pid();
    }

    public boolean alive() {
        return identity.alive();
    }

    /** Sends {@code signal} (by name, e.g. SIGTERM), waits up to {@code grace}, then kills. Removes the pid file. */
    public void end(String signal, Duration grace) throws IOException, InterruptedException {
        signal(signal);
        if (!awaitEnd(grace)) {
            signal("SIGKILL");
            if (!awaitEnd(KILL_WITHIN)) {
                throw new IOException(
                        "process " + pid() + " does not end by SIGKILL; it is probably stuck in the kernel");
            }
        }
        Files.deleteIfExists(pidFile);
    }

    /** True when it ended within {@code timeout}. */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (alive()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                return false;
            }
            // It may be the child of an earlier run of ours: there is nothing to wait on but its disappearance.
            Thread.sleep(LOOK_EVERY);
        }
        return true;
    }

    private void signal(String name) throws IOException {
        try (Descriptor process = Syscalls.pidfdOpen(pid())) {
            // The number may have come to mean another process between the look and the open.
            if (alive()) {
                Syscalls.pidfdSignal(process, Signal.number(name));
            }
        } catch (SyscallException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
        }
    }

    /** The program's own process has the mark first, and its children inherit it: the oldest one is meant. */
    private static Optional<PidFile> search(String mark) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.map(p -> p.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Integer::valueOf)
                    .filter(pid -> carries(pid, mark))
                    .flatMap(pid -> PidFile.of(pid).stream())
                    .min(Comparator.comparingLong(PidFile::startTicks).thenComparingInt(PidFile::pid));
        }
    }

    private static boolean carries(int pid, String mark) {
        try {
            byte[] environment = Files.readAllBytes(Path.of("/proc/" + pid + "/environ"));
            return Arrays.asList(new String(environment, StandardCharsets.UTF_8).split("\0"))
                    .contains(MARK + "=" + mark);
        } catch (IOException e) {
            return false;
        }
    }

    private static void unprotect(int pid) {
        try {
            Path file = Path.of("/proc/" + pid + "/oom_score_adj");
            if (Integer.parseInt(Files.readString(file).strip()) < 0) {
                Files.writeString(file, "0");
            }
        } catch (IOException e) {
            // It has ended already, and whoever watches it will see that.
        }
    }

    private static String exitOf(Process process) throws IOException {
        try {
            return process.waitFor(1, TimeUnit.SECONDS) ? "status " + process.exitValue() : "no status yet";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a started process ended", e);
        }
    }
}
