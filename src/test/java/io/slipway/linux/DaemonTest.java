package io.slipway.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DaemonTest {
    private final String mark = "test-" + UUID.randomUUID();
    private Path directory;

    @BeforeEach
    void make() throws IOException {
        directory = Files.createTempDirectory("slipway-daemon");
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        Optional<Daemon> left = Daemon.find(mark, pidFile());
        if (left.isPresent()) {
            left.get().end("SIGKILL", Duration.ofSeconds(5));
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Test
    void it_has_its_own_session_only_the_given_environment_and_none_of_our_descriptors() throws Exception {
        Daemon daemon = Daemon.start(command(
                Optional.empty(), "sh", "-c", "tr '\\0' ' ' </proc/$$/environ; ls -l /proc/$$/fd; echo; sleep 100"));
        String log = awaitLog("2 ->");
        assertThat(log)
                .contains("A=b ")
                .doesNotContain("HOME=")
                .contains("/dev/null")
                .doesNotContain("socket:");
        assertThat(log.lines().filter(l -> l.contains(" -> "))).hasSize(3);
        String[] stat =
                Files.readString(Path.of("/proc/" + daemon.pid() + "/stat")).split(" ");
        assertThat(stat[5]).as("its session is its own").isEqualTo(Integer.toString(daemon.pid()));
        daemon.end("SIGTERM", Duration.ofSeconds(5));
        assertThat(daemon.alive()).isFalse();
    }

    @Test
    void as_another_user_it_has_neither_groups_nor_capabilities() throws Exception {
        Daemon daemon =
                Daemon.start(command(Optional.of(new Daemon.User(1_900_000_321, 1_900_000_322)), "sleep", "100"));
        Path status = Path.of("/proc/" + daemon.pid() + "/status");
        // The start returns when setsid runs; setpriv takes its moment.
        await(() -> Files.readString(status).contains("Name:\tsleep"));
        assertThat(Files.readString(status))
                .contains("Uid:\t1900000321\t1900000321\t1900000321", "Gid:\t1900000322\t1900000322\t1900000322")
                .containsPattern("Groups:\\s*\n")
                .contains("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1");
    }

    @Test
    void it_is_found_by_its_pid_file_and_without_one_by_its_mark() throws Exception {
        Daemon started = Daemon.start(command(Optional.empty(), "sleep", "100"));
        assertThat(Daemon.find(mark, pidFile()).orElseThrow().pid()).isEqualTo(started.pid());
        // The start returns when setsid runs, which then executes the program; see above.
        await(() ->
                Files.readString(Path.of("/proc/" + started.pid() + "/comm")).equals("sleep\n"));
        Files.delete(pidFile());
        assertThat(Daemon.find(mark, pidFile()).orElseThrow().pid()).isEqualTo(started.pid());
        assertThat(Daemon.find("test-" + UUID.randomUUID(), directory.resolve("other.pid")))
                .isEmpty();
    }

    @Test
    void a_later_process_of_the_same_number_is_not_taken_for_it() throws Exception {
        Daemon started = Daemon.start(command(Optional.empty(), "sleep", "100"));
        await(() ->
                Files.readString(Path.of("/proc/" + started.pid() + "/comm")).equals("sleep\n"));
        PidFile real = PidFile.load(pidFile()).orElseThrow();
        new PidFile(real.pid(), real.startTicks() - 1, real.bootId()).save(pidFile());
        assertThat(PidFile.load(pidFile()).orElseThrow().alive()).isFalse();
        new PidFile(Math.toIntExact(ProcessHandle.current().pid()), 1, real.bootId()).save(pidFile());
        assertThat(Daemon.find(mark, pidFile()).orElseThrow().pid()).isEqualTo(started.pid());
    }

    @Test
    void who_ignores_the_signal_is_killed_after_the_grace() throws Exception {
        Daemon daemon = Daemon.start(command(Optional.empty(), "sh", "-c", "trap '' TERM; echo deaf; exec sleep 100"));
        awaitLog("deaf");
        daemon.end("SIGTERM", Duration.ofMillis(200));
        assertThat(daemon.alive()).isFalse();
        assertThat(pidFile()).doesNotExist();
    }

    private Daemon.Command command(Optional<Daemon.User> user, String... argv) {
        return new Daemon.Command(
                mark,
                List.of(argv),
                Path.of("/"),
                Map.of("A", "b", "PATH", "/usr/bin:/bin"),
                directory.resolve("log"),
                pidFile(),
                user);
    }

    private Path pidFile() {
        return directory.resolve("pid");
    }

    private String awaitLog(String text) throws IOException {
        await(() -> Files.readString(directory.resolve("log")).contains(text));
        return Files.readString(directory.resolve("log"));
    }

    private static void await(Condition condition) throws IOException {
        long deadlineNanos = System.nanoTime() + 60_000_000_000L;
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waited a minute").isLessThan(deadlineNanos);
            Thread.onSpinWait();
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }
}
