package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.WindowSize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Images that would have another file taken for the terminal of {@code slipway run -t}, or for what masks kernel files meanwhile (CVE-2025-52565,
 * CVE-2025-31133, CVE-2025-52881).
 */
class TerminalEscapeTest extends RealContainers {
    private static final String VICTIM = "the host's own words";

    private Path outside;
    private String before = "";

    @BeforeEach
    void make_a_place_of_the_host() throws Exception {
        // Everyone's to write: only the container's walls keep it from them.
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        outside = Files.createDirectory(temp.resolve("outside"));
        for (String name : List.of("ptmx", "console", "0")) {
            Path file = Files.writeString(outside.resolve(name), VICTIM);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        }
        before = shown();
    }

    @AfterEach
    void nothing_of_the_host_was_changed() throws Exception {
        assertThat(shown()).isEqualTo(before);
    }

    /** Names, owners, rights and contents. */
    private String shown() throws Exception {
        StringBuilder all = new StringBuilder();
        try (var files = Files.list(outside)) {
            for (Path file : files.sorted().toList()) {
                all.append(file.getFileName()).append(Files.readAttributes(file, "unix:uid,gid,mode,rdev"));
                all.append(Files.readString(file)).append('\n');
            }
        }
        return all.toString();
    }

    private void link(String path, Path target) throws Exception {
        Path link = root.resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, target);
        BusyboxRoot.own(root);
    }

    private SandboxSpec inTerminal(String script) {
        return spec("c1", script).withConsole(new Console(false, Optional.of(new WindowSize(31, 97))));
    }

    /** What its terminal shows until it ends. */
    private String terminal(SandboxSpec spec) throws Exception {
        Sandbox sandbox = sandboxes.start(spec);
        try (OpenConsole console = sandbox.console().orElseThrow()) {
            String shown = new String(console.output().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(sandbox.awaitExit(LONG)).isPresent();
            return shown;
        } finally {
            sandboxes.remove(sandbox);
        }
    }

    private void assertOwnTerminal() throws Exception {
        String tries = "for f in /dev/console /dev/ptmx /dev/pts/ptmx /dev/pts/0; do"
                + " (echo evil > $f) 2>/dev/null; done; busybox tty; stty size; stat -c '%F %t' /dev/null;"
                + " cat /proc/keys; (echo evil > /proc/sys/kernel/hostname) 2>/dev/null || hostname";
        assertThat(terminal(inTerminal(tries).withHostname("ship")))
                .contains("/dev/pts/0\r\n31 97\r\ncharacter special file 1\r\nship\r\n");
    }

    @Test
    void a_dev_that_is_a_link_to_the_host_is_not_where_the_terminal_is_made() throws Exception {
        link("dev", outside);
        assertOwnTerminal();
    }

    @Test
    void a_console_that_is_a_link_to_a_file_of_the_host_is_not_written_to() throws Exception {
        link("dev/console", outside.resolve("console"));
        assertOwnTerminal();
    }

    @Test
    void a_console_that_is_a_link_to_a_kernel_file_is_not_written_to() throws Exception {
        link("dev/console", Path.of("/proc/sys/kernel/hostname"));
        link("dev/pts/0", Path.of("/proc/sys/kernel/hostname"));
        link("dev/null", Path.of("/proc/sys/kernel/hostname"));
        assertOwnTerminal();
    }

    @Test
    void terminals_that_are_a_link_to_a_directory_of_the_host_are_not_taken_from_there() throws Exception {
        link("dev/pts", outside);
        assertOwnTerminal();
    }

    @Test
    void a_multiplexer_that_is_a_link_to_a_file_of_the_host_is_not_opened() throws Exception {
        link("dev/ptmx", outside.resolve("ptmx"));
        link("dev/pts/ptmx", outside.resolve("ptmx"));
        link("dev/pts/0", outside.resolve("0"));
        assertOwnTerminal();
    }

    @Test
    void a_volume_in_place_of_the_terminals_is_looked_at_and_refused() throws Exception {
        Path data = Files.createDirectory(temp.resolve("data"));
        Files.createSymbolicLink(data.resolve("ptmx"), outside.resolve("ptmx"));
        SandboxSpec spec = inTerminal("true").withMounts(List.of(new BindMount(data, "/dev/pts", false)));
        assertThatThrownBy(() -> sandboxes.start(spec)).hasMessageContaining("ELOOP");
        Files.delete(data.resolve("ptmx"));
        Files.writeString(data.resolve("ptmx"), "a file");
        assertThatThrownBy(() -> sandboxes.start(spec))
                .hasMessageContaining("is no multiplexer of a devpts file system")
                .hasMessageContaining("run it without one");
    }

    @Test
    void were_the_images_dev_the_containers_the_multiplexer_would_be_looked_at_and_refused() throws Exception {
        link("dev/pts/ptmx", outside.resolve("ptmx"));
        Files.createFile(root.resolve("dev/null"));
        BusyboxRoot.own(root);
        assertThatThrownBy(() -> sandboxes.startWithout(inTerminal("true"), Weakening.devicesOfTheImage()))
                .hasMessageContaining("/dev/pts/ptmx in the container")
                .hasMessageContaining("ELOOP");
        Files.delete(root.resolve("dev/pts/ptmx"));
        Files.writeString(root.resolve("dev/pts/ptmx"), "a file");
        assertThatThrownBy(() -> sandboxes.startWithout(inTerminal("true"), Weakening.devicesOfTheImage()))
                .hasMessageContaining("is no multiplexer of a devpts file system");
    }

    /** What the look, and the container's own /dev, keep off: who opens the terminal by its name has the host's file instead. */
    @Test
    void opened_by_its_name_the_same_multiplexer_is_a_file_of_the_host() throws Exception {
        link("dev/pts/ptmx", outside.resolve("ptmx"));
        Files.createFile(root.resolve("dev/null"));
        BusyboxRoot.own(root);
        Sandbox weak = sandboxes.startWithout(spec("c1", "exec sleep 1000"), Weakening.devicesOfTheImage());
        Sandbox made = sandboxes.start(spec("c2", "exec sleep 1000"));
        Path named = Path.of("dev/pts/ptmx");
        assertThat(Files.readAttributes(Path.of("/proc/" + made.pid() + "/root").resolve(named), "unix:rdev"))
                .containsEntry("rdev", 5L << 8 | 2);
        Path taken = Path.of("/proc/" + weak.pid() + "/root").resolve(named);
        Files.writeString(taken, "evil", StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(outside.resolve("ptmx")).hasContent("evil");
        Files.writeString(outside.resolve("ptmx"), VICTIM);
    }
}
