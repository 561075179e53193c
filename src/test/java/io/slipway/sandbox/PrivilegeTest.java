package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.slipway.linux.WindowSize;
import io.slipway.sandbox.script.ShellScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrivilegeTest extends RealContainers {
    private static final String SETS = "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status";

    private static String line(String output, String key) {
        return output.lines()
                .filter(l -> l.startsWith(key))
                .findFirst()
                .orElseThrow()
                .replaceAll("\\s+", " ");
    }

    @Test
    void capabilities_are_those_that_were_named_and_no_others() throws Exception {
        Privileges two = Privileges.DEFAULT.withCapabilities(List.of("net_raw", "CAP_CHOWN"));
        assertThat(two.capabilities()).containsExactly("CAP_CHOWN", "CAP_NET_RAW");
        String output = run(spec("c1", SETS).withPrivileges(two));
        for (String set : List.of("CapPrm:", "CapEff:", "CapBnd:")) {
            assertThat(line(output, set)).isEqualTo(set + " 0000000000002001");
        }
        assertThat(line(output, "CapInh:")).endsWith(" 0000000000000000");
        assertThat(line(output, "CapAmb:")).endsWith(" 0000000000000000");
        String none = run(spec("c2", SETS).withPrivileges(Privileges.DEFAULT.withCapabilities(List.of())));
        assertThat(none.lines().map(l -> l.replaceAll("^\\S+\\s+", "")).distinct())
                .containsExactly("0000000000000000");
    }

    @Test
    void a_user_other_than_root_has_no_capability_and_cannot_get_one() throws Exception {
        String output = run(spec("c1", SETS).withUser("web"));
        assertThat(line(output, "CapPrm:")).endsWith(" 0000000000000000");
        assertThat(line(output, "CapEff:")).endsWith(" 0000000000000000");
    }

    @Test
    void an_unknown_capability_is_refused_with_the_nearest() {
        assertThatThrownBy(() -> Privileges.DEFAULT.withCapabilities(List.of("NET_ADMN")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no capability 'NET_ADMN'; did you mean CAP_NET_ADMIN? See capabilities(7).");
    }

    private static long hardOpenFiles() throws Exception {
        return Long.parseLong(Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(l -> l.startsWith("Max open files"))
                .findFirst()
                .orElseThrow()
                .split("\\s{2,}")[2]);
    }

    private static Privileges limited(ResourceLimit... limits) {
        return Privileges.DEFAULT.withResourceLimits(List.of(limits));
    }

    @Test
    void resource_limits_are_as_asked_and_the_rest_as_by_default() throws Exception {
        Privileges limited = limited(
                new ResourceLimit("nofile", 9, 99),
                new ResourceLimit("core", 4096, ResourceLimit.UNLIMITED),
                new ResourceLimit("nproc", 77, 88));
        assertThat(run(spec("c1", "cat /proc/self/limits").withPrivileges(limited)))
                .containsPattern("Max open files +9 +99")
                .containsPattern("Max core file size +4096 +unlimited")
                .containsPattern("Max processes +77 +88")
                .containsPattern("Max stack size +8388608 +unlimited");
        assertThat(run(spec("c2", "cat /proc/self/limits")))
                .containsPattern("Max open files +[0-9]+ +" + Math.min(65_536, hardOpenFiles()) + " ")
                .containsPattern("Max core file size +0 +0");
        assertThatThrownBy(() -> new ResourceLimit("nofiles", 1, 1)).hasMessageContaining("did you mean nofile?");
        assertThatThrownBy(() -> new ResourceLimit("nofile", 2, 1)).hasMessageContaining("soft limit 2 is above");
    }

    @Test
    void how_one_ended_that_may_write_no_file_is_known_also_in_a_terminal() throws Exception {
        SandboxSpec none = spec("c1", "exit 3").withPrivileges(limited(new ResourceLimit("fsize", 0, 0)));
        assertThat(exit(none)).isEqualTo("exited 3");
        assertThat(exit(spec("c2", "echo it is written to a file")
                        .withPrivileges(limited(new ResourceLimit("fsize", 0, 0)))))
                .isEqualTo("killed by SIGXFSZ");
        assertThat(exit(none.withId("c3").withConsole(new Console(false, Optional.of(new WindowSize(24, 80))))))
                .isEqualTo("exited 3");
        String script = String.join("\n", ShellScript.of("c4", sandboxes.plan(none.withId("c4"))));
        assertThat(script).contains("prlimit --pid $$ --fsize=0:0");
    }

    @Test
    void what_may_open_no_file_runs_with_those_that_it_has() throws Exception {
        for (int open : List.of(0, 3)) {
            Privileges few = limited(new ResourceLimit("nofile", open, open));
            assertThat(run(spec("c" + open, "echo said").withPrivileges(few))).isEqualTo("said\n");
        }
    }

    private String exit(SandboxSpec spec) throws Exception {
        return sandboxes.start(spec).awaitExit(LONG).orElseThrow().text();
    }

    /** Capability 24, CAP_SYS_RESOURCE, decides; not every machine's root has it. */
    @Test
    void a_limit_above_the_agents_own_is_raised_or_refused_with_what_to_do() throws Exception {
        long above = hardOpenFiles() + 1;
        Privileges limited = limited(new ResourceLimit("nofile", above, above));
        boolean mayRaise = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(l -> l.startsWith("CapEff:"))
                .anyMatch(l -> (Long.parseLong(l.substring(7).strip(), 16) >>> 24 & 1) == 1);
        if (mayRaise) {
            assertThat(run(spec("c1", "ulimit -n").withPrivileges(limited))).isEqualTo(above + "\n");
        } else {
            assertThatThrownBy(() -> sandboxes.start(spec("c1", "true").withPrivileges(limited)))
                    .hasMessageContaining("nofile limit " + above + " is above the runtime's own")
                    .hasMessageContaining("ask for less");
        }
    }

    @Test
    void the_oom_score_is_the_containers_own_and_never_the_agents() throws Exception {
        Path own = Path.of("/proc/self/oom_score_adj");
        String before = Files.readString(own);
        String output = run(spec("c1", "cat /proc/1/oom_score_adj /proc/self/oom_score_adj")
                .withPrivileges(Privileges.DEFAULT.withOomScoreAdj(456)));
        assertThat(output).isEqualTo("456\n456\n");
        assertThat(Files.readString(own)).isEqualTo(before);
        // Of an agent it is below 0, which not every root may set; what a container inherits is the same.
        Files.writeString(own, "321");
        try {
            assertThat(run(spec("c2", "cat /proc/1/oom_score_adj /proc/self/oom_score_adj")))
                    .isEqualTo("0\n0\n");
            assertThat(Files.readString(own)).isEqualTo("321\n");
        } finally {
            Files.writeString(own, before.strip());
        }
        assertThatThrownBy(() -> Privileges.DEFAULT.withOomScoreAdj(-1001))
                .hasMessageContaining("-1001 is not between");
    }

    @Test
    void kernel_parameters_of_its_own_namespaces_can_be_set_and_are_not_the_hosts() throws Exception {
        Path port = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        String before = Files.readString(port);
        SandboxSpec spec = spec(
                "c1",
                "cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/msgmax;"
                        + " echo 5 > /proc/sys/kernel/msgmax");
        String output = run(spec.withNamespaces(spec.namespaces()
                .withSysctls(Map.of("net.ipv4.ip_unprivileged_port_start", "0", "kernel.msgmax", "4242"))));
        assertThat(output).startsWith("0\n4242\n").contains("Read-only file system");
        assertThat(Files.readString(port)).isEqualTo(before);
        SandboxSpec unknown = spec("c2", "true");
        assertThatThrownBy(() -> sandboxes.start(unknown.withNamespaces(
                        unknown.namespaces().withSysctls(Map.of("net.ipv4.nothing_like_it", "1")))))
                .hasMessageContaining("openat(AT_FDCWD, \"/proc/sys/net/ipv4/nothing_like_it\"")
                .hasMessageContaining("ENOENT")
                .hasMessageContaining("a container has no kernel parameter net.ipv4.nothing_like_it");
        assertThatThrownBy(() -> sandboxes.start(unknown.withNamespaces(
                        unknown.namespaces().withSysctls(Map.of("net.ipv4.ip_forward", "much")))))
                .hasMessageContaining("kernel parameter net.ipv4.ip_forward does not take the value 'much'");
        assertThatThrownBy(() -> sandboxes.start(
                        unknown.withNamespaces(unknown.namespaces().withSysctls(Map.of("net.ipv4", "1")))))
                .hasMessageContaining("kernel parameter net.ipv4 is not to be set in a container");
    }

    @Test
    void an_oom_score_that_the_runtime_may_not_give_is_refused_with_the_least_that_it_may() throws Exception {
        String own = Files.readString(Path.of("/proc/self/oom_score_adj")).strip();
        // Any root may raise its own, and only one with this right (capabilities(7)) lower it again below where it was.
        boolean any = (Long.parseLong(status("CapEff"), 16) >> 24 & 1) == 1;
        assumeFalse(any, "this root has CAP_SYS_RESOURCE, and may give each score");
        SandboxSpec spec = spec("c1", "true").withPrivileges(Privileges.DEFAULT.withOomScoreAdj(-1000));
        assertThatThrownBy(() -> sandboxes.start(spec))
                .hasMessageContaining(
                        "an oom score adjustment of -1000 is below what the runtime may give, whose own is " + own
                                + "; ask for " + own + " or more, or start the runtime with CAP_SYS_RESOURCE");
        assertThat(sandboxes.list()).isEmpty();
    }

    private static String status(String field) throws Exception {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void kernel_parameters_of_the_whole_host_are_refused() {
        Namespaces own = Namespaces.of("c1");
        for (String name :
                List.of("kernel.core_pattern", "vm.swappiness", "kernel.shm", "fs.file-max", "kernel.modprobe")) {
            assertThatThrownBy(() -> own.withSysctls(Map.of(name, "1")))
                    .as(name)
                    .hasMessageContaining("kernel parameter " + name + " is the whole host's");
        }
        for (String name : List.of("net", "net..x", "net.ipv4/../../kernel/core_pattern", "", "net.ipv4.", "net.a b")) {
            assertThatThrownBy(() -> own.withSysctls(Map.of(name, "1")))
                    .as(name)
                    .hasMessageContaining("is no name of a kernel parameter");
        }
    }

    @Test
    void groups_are_added_by_name_or_number_within_bounds() throws Exception {
        SandboxSpec spec = spec("c1", "id -G");
        assertThat(run(spec.withApplication(spec.application().withUser("web").withGroups(List.of("123", "root")))))
                .isEqualTo("1000 0 123 2000\n");
        List<String> bad = new ArrayList<>(List.of("65536", "-1", "4294967296", "nobody-like-it", "0x0", ""));
        for (String group : bad) {
            SandboxSpec refused = spec("c2", "id -G");
            assertThatThrownBy(() -> sandboxes.start(
                            refused.withApplication(refused.application().withGroups(List.of(group)))))
                    .as(group)
                    .hasMessageContaining("'" + group + "' is neither a name");
        }
    }
}
