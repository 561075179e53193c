package io.slipway.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.Daemon;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChildTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private final String mark = "test-" + UUID.randomUUID();
    private Path directory;
    private int port;
    private Child child;

    @BeforeEach
    void make() throws IOException {
        directory = Files.createTempDirectory("slipway-child");
        port = FreePorts.take();
        child = child();
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        child.stop();
        assertThat(Daemon.find(mark, pidFile())).isEmpty();
        Directories.delete(directory);
    }

    @Test
    void killed_it_is_started_again() throws Exception {
        child.start(PATIENCE);
        int first = pid();
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (Daemon.find(mark, pidFile()).filter(d -> d.pid() != first).isEmpty() || !check().answers()) {
            assertThat(System.nanoTime()).isLessThan(deadlineNanos);
        }
    }

    @Test
    void left_alone_it_goes_on_and_the_next_supervisor_takes_it_over() throws Exception {
        child.start(PATIENCE);
        int first = pid();
        child.leave();
        assertThat(check().answers()).isTrue();
        child = child();
        child.start(PATIENCE);
        assertThat(pid()).isEqualTo(first);
    }

    @Test
    void a_port_of_somebody_else_is_told_and_not_taken_for_its_own() throws Exception {
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> child.start(PATIENCE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port " + other.getLocalPort());
        }
    }

    @Test
    void a_data_directory_has_one_supervisor_at_a_time() throws Exception {
        try (DataDirectory first = DataDirectory.open(directory)) {
            assertThatThrownBy(() -> DataDirectory.open(directory)).hasMessageContaining("in use");
            assertThat(first.user(DataDirectory.Role.PROXY)).isNotEqualTo(first.user(DataDirectory.Role.CONTROLLER));
        }
        DataDirectory.open(directory).close();
    }

    private Child child() {
        List<String> argv = List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                TestHost.classPath(),
                StandIn.class.getName(),
                Integer.toString(port));
        Daemon.Command command = new Daemon.Command(
                mark, argv, directory, Map.of(), directory.resolve("log"), pidFile(), Optional.empty());
        return new Child("stand-in", new Child.Java(() -> command, check()));
    }

    private HttpCheck check() {
        return new HttpCheck(port, "/");
    }

    private Path pidFile() {
        return directory.resolve("pid");
    }

    private int pid() throws IOException {
        return Daemon.find(mark, pidFile()).orElseThrow().pid();
    }
}
