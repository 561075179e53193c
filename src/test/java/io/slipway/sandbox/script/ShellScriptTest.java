package io.slipway.sandbox.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import io.slipway.sandbox.BindMount;
import io.slipway.sandbox.BusyboxRoot;
import io.slipway.sandbox.ClockOffsets;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.Namespace;
import io.slipway.sandbox.Network;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.TmpfsMount;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.network.BridgeNetwork;
import io.slipway.sandbox.network.NetworkOptions;
import io.slipway.sandbox.network.Networks;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts are really run. */
class ShellScriptTest {
    @TempDir
    Path temp;

    private Leftovers before;
    private Path root;

    @BeforeEach
    void make_a_root() throws Exception {
        before = Leftovers.now();
        root = BusyboxRoot.make(temp.resolve("root"));
        Files.createDirectory(temp.resolve("tmp"));
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        assertThat(before.since("slipway-sh")).isEmpty();
        try (var left = Files.list(temp.resolve("tmp"))) {
            assertThat(left).isEmpty();
        }
    }

    private SandboxSpec spec(String... argv) {
        return SandboxSpec.of("sh1", List.of(root), List.of(argv)).withHostname("ship");
    }

    private Process start(SandboxSpec spec) throws IOException {
        return start(spec, Optional.empty());
    }

    private Process start(SandboxSpec spec, Optional<Network> network) throws IOException {
        Path script = temp.resolve("script");
        try (Sandboxes sandboxes = Sandboxes.open(temp.resolve("state"), "test", network)) {
            Files.write(script, ShellScript.of(spec.id(), sandboxes.plan(spec)));
        }
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", script.toString()).redirectErrorStream(true);
        builder.environment().put("TMPDIR", temp.resolve("tmp").toString());
        return builder.start();
    }

    private String output(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return out;
    }

    private String run(SandboxSpec spec) throws Exception {
        return output(start(spec));
    }

    @Test
    void it_has_its_own_processes_host_name_root_and_loopback() throws Exception {
        String out = run(spec(
                "sh",
                "-c",
                "ps | wc -l; hostname; grep ' / / ' /proc/self/mountinfo; ip addr show lo | grep 127.0.0.1; "
                        + "cat /proc/self/uid_map; cat /proc/self/cgroup; cat /etc/hostname; ls /sys | wc -l; pwd"));
        List<String> lines =
                out.lines().filter(line -> !line.startsWith("prlimit:")).toList();
        assertThat(Integer.parseInt(lines.get(0).strip())).as(out).isLessThan(6);
        assertThat(lines.get(1)).isEqualTo("ship");
        assertThat(lines.get(2)).contains(" - overlay overlay ");
        assertThat(lines.get(3)).contains("inet 127.0.0.1/8");
        assertThat(lines.get(4).strip().split(" +")).containsExactly("0", "100000", "65536");
        assertThat(out).doesNotContain("slipway-sh1");
        assertThat(lines.getLast()).isEqualTo("/");
    }

    @Test
    void its_limits_are_those_of_the_plan_while_it_runs() throws Exception {
        Process process = start(spec("sh", "-c", "echo up; cat").withLimits(Limits.of(48 << 20, 0.5, 40)));
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.equals("up")) {
            line = out.readLine();
        }
        assertThat(line).isEqualTo("up");
        assertThat(limit("memory.limit_in_bytes", "memory.max")).isEqualTo(Integer.toString(48 << 20));
        assertThat(limit("pids.max", "pids.max")).isEqualTo("40");
        process.getOutputStream().close();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Of the script's own group, in version 1 or 2. */
    private static String limit(String first, String second) throws IOException {
        try (var files = Files.find(
                Path.of("/sys/fs/cgroup"),
                4,
                (path, attributes) -> path.toString().contains("/slipway-sh1-")
                        && List.of(first, second).contains(path.getFileName().toString()))) {
            return Files.readString(files.findFirst().orElseThrow()).strip();
        }
    }

    @Test
    void over_its_memory_limit_it_is_killed() throws Exception {
        Process process = start(
                spec("dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1").withLimits(Limits.of(32 << 20, 1, 40)));
        String out = output(process);
        // Not 137: before util-linux 2.39 unshare fails to pass a signal on.
        assertThat(process.exitValue()).as(out).isNotZero();
        assertThat(out).doesNotContain("records out");
    }

    @Test
    void its_rights_are_those_that_slipway_leaves() throws Exception {
        String out = run(spec("grep", "-E", "Cap|NoNewPrivs", "/proc/self/status"));
        assertThat(out)
                .contains("CapEff:\t00000000800405fb", "CapBnd:\t00000000800405fb", "CapInh:\t0000000000000000")
                .contains("NoNewPrivs:\t1");
    }

    @Test
    void a_user_of_the_image_its_environment_and_directory_are_kept() throws Exception {
        String out = run(spec("sh", "-c", "id; echo \"$A\"; pwd; exit 3")
                .withUser("web")
                .withEnv(Map.of("A", "it's \"$quoted\""))
                .withWorkingDirectory("/srv/web"));
        assertThat(out).contains("uid=1000(web) gid=1000(web)", "it's \"$quoted\"\n", "/srv/web\n");
    }

    @Test
    void a_tmpfs_and_a_bind_are_mounted() throws Exception {
        Path shown = Files.createDirectory(temp.resolve("shown"));
        Files.writeString(shown.resolve("file"), "of the host");
        Files.setPosixFilePermissions(shown, PosixFilePermissions.fromString("rwxrwxrwx"));
        SandboxSpec spec = spec("sh", "-c", "cat /data/file; echo x > /data/y; grep ' /scratch ' /proc/self/mountinfo");
        String out = run(spec.withRoot(spec.root()
                .withBinds(List.of(new BindMount(shown, "/data", true)))
                .withTmpfs(List.of(
                        new TmpfsMount("/scratch", TmpfsMount.DEFAULT_BYTES, TmpfsMount.DEFAULT_MODE, false)))));
        assertThat(out).contains("of the host", "Read-only file system", " - tmpfs ");
    }

    @Test
    void its_exit_code_is_the_applications() throws Exception {
        Process process = start(spec("sh", "-c", "exit 42"));
        output(process);
        assertThat(process.exitValue()).isEqualTo(42);
    }

    @Test
    void its_clocks_are_as_far_ahead_as_in_the_plan() throws Exception {
        SandboxSpec spec = spec("sh", "-c", "read up idle < /proc/uptime; echo ${up%%.*}");
        String out = run(spec.withNamespaces(spec.namespaces().withClocks(new ClockOffsets(0, 1_000_000_000))));
        assertThat(Long.parseLong(out.lines().toList().getLast())).isGreaterThan(1_000_000_000);
    }

    private static final String REACHES = "ip -o addr show eth0; ip route; ip link show lo; host=$(ip route | sed -n "
            + "'s/default via \\([^ ]*\\).*/\\1/p'); nc -w 20 $host 1";

    private static void assertReaches(String out) {
        // Nobody is at port 1: that the host says so shows that it is reached.
        assertThat(out)
                .containsPattern("eth0 +inet 10\\.")
                .contains("default via 10.", "<LOOPBACK,UP,LOWER_UP>", "refused")
                .doesNotContain("unreachable");
    }

    @Test
    void a_bridge_that_is_missing_is_made_with_an_address_for_it_and_removed_with_it() throws Exception {
        SandboxSpec spec = spec("sh", "-c", REACHES).withNetwork(Connection.DEFAULT);
        assertReaches(output(start(spec, Optional.of(new Networks(temp.resolve("networks"))))));
        String script = Files.readString(temp.resolve("script"));
        String bridge = script.replaceFirst("(?s).*\nbridge=(slipway[0-9a-f]+)\n.*", "$1");
        assertThat(bridge).startsWith("slipway").hasSizeLessThan(16);
        assertThat(Path.of("/sys/class/net", bridge)).doesNotExist();
    }

    @Test
    void a_network_that_is_there_is_joined_and_stays() throws Exception {
        Networks networks = new Networks(temp.resolve("networks"));
        Path bridge = Path.of(
                "/sys/class/net", networks.create("web", NetworkOptions.DEFAULT).bridge());
        try {
            SandboxSpec spec = spec("sh", "-c", REACHES).withNetwork(new Connection("web", List.of()));
            assertReaches(output(start(spec, Optional.of(networks))));
            assertThat(bridge).exists();
        } finally {
            networks.remove("web");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_bridge_that_is_there_is_joined_and_stays(boolean user) throws Exception {
        SandboxSpec spec = spec("sh", "-c", REACHES).withNetwork(Connection.DEFAULT);
        SandboxSpec asked = user
                ? spec
                : spec.withNamespaces(spec.namespaces().withHost(Namespace.USER, "to see what is different"));
        BridgeNetwork network = BridgeNetwork.open(temp.resolve("network"), "slipwayscript");
        try {
            assertReaches(output(start(asked, Optional.of(network))));
            assertThat(Path.of("/sys/class/net/slipwayscript")).exists();
            assertThat(network.members()).isEmpty();
        } finally {
            network.deleteBridge();
        }
    }

    @Test
    void without_a_user_namespace_it_is_made_too() throws Exception {
        SandboxSpec spec = spec("sh", "-c", "tr -s ' ' < /proc/self/uid_map; hostname");
        String out = run(spec.withNamespaces(spec.namespaces().withHost(Namespace.USER, "to see what is different")));
        assertThat(out).contains(" 0 0 4294967295", "ship");
        assertThat(Files.readString(Path.of("/proc/sys/kernel/hostname"))).doesNotContain("ship");
    }
}
