package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import io.slipway.linux.RefusedSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** In processes of its own, as what a process may do is taken from them in various ways. */
class DoctorCommandTest {
    private static final int EPROTONOSUPPORT = 93;

    @TempDir
    Path temp;

    /** What it printed, and its exit code. */
    private record Ran(int code, JsonNode out) {
        JsonNode finding(String subject) {
            for (JsonNode finding : out.path("findings")) {
                if (finding.path("subject").asString().equals(subject)) {
                    return finding;
                }
            }
            throw new AssertionError("nothing was found of " + subject + " in " + out);
        }

        String state(String subject) {
            return finding(subject).path("state").asString();
        }
    }

    /** @param shell what is done before, e.g. {@code ulimit -n 100; exec} */
    private Ran doctor(String shell, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", shell + " \"$@\"", "sh"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.slipway.cli.DoctorCommandTest$Doctor",
                "doctor",
                "--output",
                "json"));
        command.addAll(
                List.of(options).contains("--data")
                        ? List.of()
                        : List.of("--data", temp.resolve("data").toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectError(temp.resolve("err").toFile())
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(out).as(Files.readString(temp.resolve("err"))).startsWith("{");
        return new Ran(process.exitValue(), ApiClient.JSON.readTree(out));
    }

    /** The command line alone. */
    static final class Doctor {
        private Doctor() {}

        public static void main(String[] arguments) throws IOException {
            Integer refused = Integer.getInteger("refused.netlink");
            if (refused != null) {
                RefusedSockets.ofProtocol(refused, EPROTONOSUPPORT);
            }
            System.exit(Cli.commandLine().execute(arguments));
        }
    }

    @Test
    void where_containers_run_it_says_so_and_leaves_nothing() throws Exception {
        Leftovers before = Leftovers.now();
        Ran ran = doctor("exec");
        assertThat(ran.code()).as(ran.out().toString()).isZero();
        assertThat(ran.out().path("canRun").asBoolean()).isTrue();
        for (String subject : List.of(
                "clone3",
                "pid",
                "mount",
                "network",
                "user",
                "overlay",
                "id-mapped mounts",
                "no_new_privs",
                "subordinate ids",
                "root")) {
            assertThat(ran.state(subject)).as(subject).isEqualTo("good");
        }
        assertThat(before.since("doctor")).isEmpty();
        assertThat(before.since("slipwaydoc")).isEmpty();
        assertThat(temp.resolve("data")).doesNotExist();
        try (var left = Files.list(temp)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("err");
        }
    }

    @Test
    void a_data_directory_in_which_nothing_can_be_made_is_no_place_for_containers() throws Exception {
        for (String place : List.of("/proc/x", "/etc/passwd")) {
            Ran ran = doctor("exec", "--data", place);
            assertThat(ran.state("data directory")).as(place).isEqualTo("missing");
            assertThat(ran.finding("data directory").path("found").asString())
                    .isEqualTo(
                            place.equals("/proc/x")
                                    ? "nothing can be made in /proc: it takes no new files"
                                    : "/etc/passwd is no directory");
            assertThat(ran.finding("data directory").path("mend").asString()).contains("--data");
            assertThat(ran.code()).as(place).isEqualTo(ExitCode.FAILED);
        }
    }

    @Test
    void what_is_off_says_what_for_and_how_it_is_mended() throws Exception {
        Ran ran = doctor("ulimit -n 5000; exec");
        JsonNode files = ran.finding("open files");
        assertThat(files.path("state").asString()).isEqualTo("limited");
        assertThat(files.path("found").asString()).isEqualTo("at most 5000");
        assertThat(files.path("off").asString()).contains("will run out");
        assertThat(files.path("mend").asString()).contains("LimitNOFILE");
    }

    @Test
    void user_namespaces_that_are_switched_off_are_found_with_the_switch() throws Exception {
        // In a user namespace of its own, whose limit it is.
        Ran ran = doctor("exec unshare --user --map-root-user /bin/sh -c"
                + " 'echo 0 > /proc/sys/user/max_user_namespaces; exec \"$@\"' sh");
        assertThat(ran.state("user")).isEqualTo("limited");
        assertThat(ran.finding("user").path("mend").asString()).isEqualTo("sysctl user.max_user_namespaces=10000");
    }

    @Test
    void time_namespaces_that_are_switched_off_take_nothing_but_clocks_away() throws Exception {
        Ran ran = doctor("exec unshare --user --map-root-user /bin/sh -c"
                + " 'echo 0 > /proc/sys/user/max_time_namespaces; exec \"$@\"' sh");
        assertThat(ran.state("time")).isEqualTo("limited");
        assertThat(ran.finding("time").path("off").asString()).contains("--time-offset");
        assertThat(ran.finding("time").path("mend").asString()).isEqualTo("sysctl user.max_time_namespaces=10000");
        assertThat(doctor("exec").state("time")).isEqualTo("good");
    }

    @Test
    void a_proc_of_which_parts_are_covered_is_found_with_the_part() throws Exception {
        Ran ran = doctor("exec unshare --mount --propagation private /bin/sh -c"
                + " 'mount -t tmpfs none /proc/bus && exec \"$@\"' sh");
        assertThat(ran.state("/proc in a user namespace")).isEqualTo("limited");
        assertThat(ran.finding("/proc in a user namespace").path("mend").asString())
                .contains("/proc/bus");
    }

    @Test
    void a_kernel_without_nftables_is_found_with_what_is_off_for_it() throws Exception {
        Ran ran = doctor("JDK_JAVA_OPTIONS=-Drefused.netlink=12 exec");
        assertThat(ran.state("nftables")).isEqualTo("limited");
        JsonNode found = ran.finding("nftables");
        assertThat(found.path("found").asString()).contains("EPROTONOSUPPORT");
        assertThat(found.path("off").asString()).contains("no ports are published");
        assertThat(found.path("mend").asString()).contains("modprobe nf_tables");
        assertThat(ran.state("bridge and veth")).isEqualTo("good");
        assertThat(doctor("exec").state("nftables")).isEqualTo("good");
    }

    @Test
    void without_a_capability_that_is_needed_no_container_can_be_run() throws Exception {
        Ran ran = doctor("exec setpriv --bounding-set=-sys_admin");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out().path("canRun").asBoolean()).isFalse();
        assertThat(ran.state("root")).isEqualTo("missing");
        assertThat(ran.finding("root").path("found").asString()).contains("CAP_SYS_ADMIN");
    }

    @Test
    void a_port_that_is_taken_is_found() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            Ran ran = doctor("exec", "--port", port);
            assertThat(ran.state("port " + port)).isEqualTo("limited");
            assertThat(ran.code()).isZero();
        }
    }

    @Test
    void an_ext4_without_a_journal_is_found_since_files_are_made_slowly_on_it() throws Exception {
        Ran without = doctor(onExt4("^has_journal"));
        assertThat(without.state("journal")).isEqualTo("limited");
        assertThat(without.finding("journal").path("off").asString()).contains("longer to start");
        assertThat(without.finding("journal").path("mend").asString()).contains("tune2fs -O has_journal /dev/loop");
        assertThat(without.code()).as("containers run nevertheless").isZero();
        assertThat(doctor(onExt4("has_journal")).state("journal")).isEqualTo("good");
    }

    /** The data directory on an ext4 of its own, which goes with the process's mount namespace. */
    private String onExt4(String feature) {
        Path disk = temp.resolve("disk");
        Path data = temp.resolve("data");
        return "rm -f " + disk + "; truncate -s 16M " + disk + "; mkfs.ext4 -q -O " + feature + " " + disk
                + "; mkdir -p "
                + data + "; exec unshare --mount --propagation private /bin/sh -ec 'mount -o loop " + disk + " " + data
                + "; exec \"$@\"' sh";
    }

    @Test
    void where_overlay_cannot_write_no_container_can_be_run() throws Exception {
        // The data directory on an overlay, as within most containers.
        Path below = temp.resolve("data");
        Ran ran = doctor("exec unshare --mount --propagation private /bin/sh -ec 'mount -t tmpfs none " + temp
                + "; mkdir " + temp + "/l " + temp + "/u " + temp + "/w " + below + "; mount -t overlay -o lowerdir="
                + temp + "/l,upperdir=" + temp + "/u,workdir=" + temp + "/w none " + below + "; exec \"$@\"' sh");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.state("data directory")).isEqualTo("missing");
        assertThat(ran.finding("data directory").path("mend").asString()).contains("--data");
    }
}
