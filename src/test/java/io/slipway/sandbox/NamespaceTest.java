package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NamespaceTest extends RealContainers {
    @Override
    List<String> kept() {
        return List.of("lock", "owner", "events.jsonl", ".volumes");
    }

    private static final String FOREVER = "echo up; exec sleep 1000";

    private static String namespace(String process, Namespace namespace) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/" + process + "/ns/" + namespace.text()))
                .toString();
    }

    private Sandbox up(SandboxSpec spec) throws Exception {
        Sandbox sandbox = sandboxes.start(spec);
        until(() -> output(sandbox).contains("up\n"));
        return sandbox;
    }

    private static SandboxSpec joining(SandboxSpec spec, String container, Namespace... namespaces) {
        return spec.withNamespaces(spec.namespaces().withJoined(new Namespaces.Joined(container, List.of(namespaces))));
    }

    @Test
    void each_container_has_ids_of_its_own_and_all_see_the_same_layers_as_roots() throws Exception {
        String look =
                "stat -c '%u:%g' /bin/busybox /etc/passwd; echo x > /made; stat -c %u /made; echo up; exec sleep 1000";
        Sandbox first = up(spec("c1", look));
        Sandbox second = up(spec("c2", look));
        IdRange one = first.spec().namespaces().user().orElseThrow();
        IdRange two = second.spec().namespaces().user().orElseThrow();
        assertThat(one).isNotEqualTo(two);
        for (Sandbox sandbox : List.of(first, second)) {
            assertThat(output(sandbox)).isEqualTo("0:0\n0:0\n0\nup\n");
        }
        assertThat(Files.getAttribute(temp.resolve("state/c2/fs/upper/made"), "unix:uid"))
                .isEqualTo(two.first());
        sandboxes.remove(first);
        assertThat(up(spec("c3", FOREVER)).spec().namespaces().user()).contains(one);
    }

    @Test
    void a_named_volume_is_seen_by_containers_with_different_ids_as_their_own() throws Exception {
        Root root = Root.of(List.of(this.root)).withVolumes(List.of(new VolumeMount("v", "/v", false)));
        up(spec("c1", "echo a > /v/file; mkdir -p /v/web; chown 1000:1000 /v/web; " + FOREVER)
                .withRoot(root));
        Sandbox other = up(spec("c2", "stat -c '%u %g' /v /v/file /v/web; echo b >> /v/file; cat /v/file; " + FOREVER)
                .withRoot(root));
        assertThat(output(other)).isEqualTo("0 0\n0 0\n1000 1000\na\nb\nup\n");
    }

    @Test
    void a_mapped_mount_shows_the_hosts_owners_as_the_containers() throws Exception {
        Path data = Files.createDirectory(temp.resolve("data"));
        Files.writeString(data.resolve("roots"), "r");
        Files.setAttribute(Files.writeString(data.resolve("webs"), "w"), "unix:uid", 1000);
        String look = "stat -c %u /data/roots /data/webs; touch /data/new && echo written";
        BindMount mapped = new BindMount(data, "/data", false, true);
        assertThat(run(spec("c1", look).withMounts(List.of(mapped)))).isEqualTo("0\n1000\nwritten\n");
        assertThat(Files.getAttribute(data.resolve("new"), "unix:uid")).isEqualTo(0);
        String plain = run(spec("c2", look).withMounts(List.of(new BindMount(data, "/data", false))));
        assertThat(plain).startsWith("65534\n65534\n").contains("Permission denied");
    }

    @Test
    void ids_stay_those_of_running_containers_when_the_runtime_comes_back() throws Exception {
        IdRange first = up(spec("c1", FOREVER)).spec().namespaces().user().orElseThrow();
        sandboxes.close();
        sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty());
        sandboxes.adopt();
        assertThat(up(spec("c2", FOREVER)).spec().namespaces().user().orElseThrow())
                .isNotEqualTo(first);
        sandboxes.remove(sandboxes.find("c1").orElseThrow());
        assertThat(up(spec("c3", FOREVER)).spec().namespaces().user()).contains(first);
    }

    @Test
    void a_file_system_that_cannot_map_owners_is_named_with_what_to_do() throws Exception {
        assertThatThrownBy(() -> sandboxes.start(spec("c1", "true")
                        .withMounts(List.of(new BindMount(Path.of("/sys/kernel"), "/k", true, true)))))
                .hasMessageContaining("the files in /sys/kernel cannot be shown as a container's own")
                .hasMessageContaining("put them on ext4, xfs, btrfs or tmpfs");
        SandboxSpec ofStore = spec("c1", "stat -c %u /bin/busybox");
        Sandbox same =
                sandboxes.start(ofStore.withNamespaces(ofStore.namespaces().withUser(IdRange.DEFAULT)));
        assertThat(same.awaitExit(LONG)).isPresent();
        assertThat(output(same)).isEqualTo("0\n");
        assertThat(same.explain().lines()).noneMatch(line -> line.contains("MOUNT_ATTR_IDMAP"));
    }

    @Test
    void layers_are_roots_also_without_a_user_namespace() throws Exception {
        assertThat(run(spec("c1", "stat -c %u /bin/busybox; cat /proc/self/uid_map | wc -l; id -u")
                        .withHostNamespace(Namespace.USER, "a test")))
                .isEqualTo("0\n1\n0\n");
    }

    @Test
    void the_hosts_network_names_and_ipc_are_seen_where_a_reason_is_given() throws Exception {
        Sandbox sandbox =
                up(spec("c1", "ls /sys/class/net; hostname; mount -t tmpfs x /sys; ip link set lo down; " + FOREVER)
                        .withHostNamespace(Namespace.NET, "measures the host's network")
                        .withHostNamespace(Namespace.UTS, "its name")
                        .withHostNamespace(Namespace.IPC, "its queues"));
        for (Namespace namespace : List.of(Namespace.NET, Namespace.UTS, Namespace.IPC)) {
            assertThat(namespace("" + sandbox.pid(), namespace)).isEqualTo(namespace("self", namespace));
        }
        assertThat(namespace("" + sandbox.pid(), Namespace.PID)).isNotEqualTo(namespace("self", Namespace.PID));
        String name = Files.readString(Path.of("/proc/sys/kernel/hostname"));
        assertThat(output(sandbox)).contains("lo\n", name).contains("Operation not permitted");
        assertThat(Files.readString(Path.of("/sys/class/net/lo/operstate"))).isNotEqualTo("down\n");
        assertThat(sandbox.spec().namespaces().host()).containsEntry(Namespace.NET, "measures the host's network");
    }

    @Test
    void the_hosts_processes_are_seen_and_all_of_its_own_still_end_with_it() throws Exception {
        Sandbox sandbox = up(spec(
                        "c1",
                        "(sleep 1000 &) ; (sleep 1000 &) ; cat /proc/"
                                + ProcessHandle.current().pid()
                                + "/comm; wc -c < /proc/keys; echo 1 > /proc/sys/kernel/panic; echo up; exit 7")
                .withHostNamespace(Namespace.PID, "looks at processes"));
        assertThat(sandbox.awaitExit(LONG).orElseThrow().text()).isEqualTo("exited 7");
        assertThat(output(sandbox))
                .startsWith("java\n0\nup\n")
                .contains("can't create /proc/sys/kernel/panic: Read-only");
        assertThat(sandbox.cgroup().processes()).isEmpty();
        Sandbox other = up(spec("c2", FOREVER).withHostNamespace(Namespace.PID, "looks at processes"));
        assertThat(other.stop("SIGTERM", LONG).text()).isEqualTo("killed by SIGTERM");
    }

    @Test
    void a_host_namespace_without_a_reason_is_refused() {
        SandboxSpec spec = spec("c1", "true");
        assertThatThrownBy(() -> spec.withHostNamespace(Namespace.NET, " "))
                .hasMessageContaining("the host's net namespace is asked for without a reason");
        assertThatThrownBy(() -> Namespace.of("mnt")).hasMessageContaining("there is no namespace 'mnt'");
        assertThatThrownBy(() -> Namespace.of("nett")).hasMessageContaining("did you mean net?");
        assertThatThrownBy(() -> spec.withNetwork(Connection.DEFAULT).withHostNamespace(Namespace.NET, "why"))
                .hasMessageContaining("only to a network namespace of the container's own");
        Namespaces onHost = spec.namespaces().withHost(Namespace.NET, "why");
        assertThatThrownBy(() -> onHost.withSysctls(Map.of("net.core.somaxconn", "1")))
                .hasMessageContaining("it would be set for others too");
    }

    @Test
    void another_containers_network_ipc_and_name_can_be_joined_with_the_rights_of_its_root() throws Exception {
        Sandbox first = up(spec("c1", "(nc -l -p 80 -e echo hello &) ; echo up; exec sleep 4242"));
        SandboxSpec spec = joining(
                spec(
                        "c2",
                        "hostname; nc 127.0.0.1 80; ls /sys/class/net; ps -o pid,args; stat -c %u /bin/busybox;"
                                + " nc -l -p 81 -w 1; echo $?; " + FOREVER),
                "c1",
                Namespace.NET,
                Namespace.IPC,
                Namespace.UTS);
        Sandbox second = up(spec);
        for (Namespace namespace : List.of(Namespace.NET, Namespace.IPC, Namespace.UTS, Namespace.USER)) {
            assertThat(namespace("" + second.pid(), namespace))
                    .as(namespace.text())
                    .isEqualTo(namespace("" + first.pid(), namespace));
        }
        for (Namespace namespace : List.of(Namespace.PID, Namespace.CGROUP)) {
            assertThat(namespace("" + second.pid(), namespace)).isNotEqualTo(namespace("" + first.pid(), namespace));
        }
        assertThat(output(second))
                .startsWith("c1\nhello\nlo\n")
                .doesNotContain("Permission")
                .contains("\n0\n");
        assertThat(output(second).lines().filter(l -> l.contains("sleep 4242")))
                .as("c1's processes")
                .isEmpty();
        assertThat(second.spec().namespaces().user())
                .isEqualTo(first.spec().namespaces().user());
        sandboxes.remove(first);
        assertThat(second.state()).isEqualTo(Sandbox.State.RUNNING);
        assertThat(up(spec("c3", FOREVER)).spec().namespaces().user())
                .as("its ids are still in use")
                .isNotEqualTo(second.spec().namespaces().user());
    }

    @Test
    void another_containers_processes_can_be_joined_and_seen() throws Exception {
        Sandbox first = up(spec("c1", "echo up; exec sleep 4321"));
        Sandbox second = up(joining(spec("c2", "ps -o args; " + FOREVER), "c1", Namespace.PID));
        assertThat(namespace("" + second.pid(), Namespace.PID)).isEqualTo(namespace("" + first.pid(), Namespace.PID));
        assertThat(output(second)).contains("sleep 4321");
        assertThat(second.stop("SIGTERM", LONG).text()).isEqualTo("killed by SIGTERM");
        assertThat(first.state()).isEqualTo(Sandbox.State.RUNNING);
        Sandbox third = up(joining(spec("c3", FOREVER), "c1", Namespace.PID));
        first.kill();
        assertThat(third.awaitExit(LONG))
                .as("the end of a pid namespace's first process ends all")
                .isPresent();
    }

    @Test
    void commands_are_executed_in_containers_whatever_these_share() throws Exception {
        up(spec("plain", FOREVER));
        Privileges few = Privileges.DEFAULT.withResourceLimits(List.of(new ResourceLimit("nofile", 9, 9)));
        List<SandboxSpec> all = List.of(
                joining(spec("joined", FOREVER), "plain", Namespace.NET, Namespace.IPC, Namespace.UTS),
                joining(spec("processes", FOREVER), "plain", Namespace.PID),
                spec("user", FOREVER).withHostNamespace(Namespace.USER, "a test"),
                spec("pid", FOREVER).withHostNamespace(Namespace.PID, "a test"),
                spec("net", FOREVER).withHostNamespace(Namespace.NET, "a test"),
                spec("few", FOREVER).withPrivileges(few));
        for (SandboxSpec spec : all) {
            Sandbox sandbox = up(spec);
            List<String> look = List.of("/bin/sh", "-c", "id -u; cat /etc/hostname; exit 3");
            try (Exec exec = sandbox.exec(ExecSpec.of(look))) {
                assertThat(new String(exec.output().readAllBytes(), StandardCharsets.UTF_8))
                        .as(spec.id())
                        .isEqualTo("0\n" + spec.id() + "\n");
                assertThat(exec.awaitExit(LONG).orElseThrow().text())
                        .as(spec.id())
                        .isEqualTo("exited 3");
            }
        }
    }

    @Test
    void clocks_that_are_ahead_of_the_hosts_are_so_for_all_that_runs_in_it_and_for_nobody_else() throws Exception {
        String look = "cut -d. -f1 /proc/uptime";
        ClockOffsets ahead = new ClockOffsets(7, 1_000_000_000);
        SandboxSpec spec = spec("c1", look + "; " + FOREVER);
        if (TimeNamespaces.missing().isPresent()) {
            assertThatThrownBy(() -> sandboxes.start(
                            spec.withNamespaces(spec.namespaces().withClocks(ahead))))
                    .hasMessageContaining("container c1 asks for clocks of its own, which needs Linux 6.3");
            return;
        }
        Sandbox sandbox = up(spec.withNamespaces(spec.namespaces().withClocks(ahead)));
        assertThat(Long.parseLong(output(sandbox).lines().findFirst().orElseThrow()))
                .isGreaterThan(1_000_000_000);
        try (Exec exec = sandbox.exec(
                ExecSpec.of(List.of("/bin/sh", "-c", "cat /proc/self/timens_offsets; readlink /proc/self/ns/time")))) {
            String[] words = new String(exec.output().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .split("\\s+");
            assertThat(words).startsWith("monotonic", "7", "0", "boottime", "1000000000", "0");
            assertThat(words)
                    .endsWith(Files.readSymbolicLink(Path.of("/proc/" + sandbox.pid() + "/ns/time"))
                            .toString());
        }
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + sandbox.pid() + "/ns/time")))
                .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/time")));
        assertThat(sandbox.explain().calls())
                .anyMatch(call -> call.text().equals("unshare(CLONE_NEWTIME)"))
                .anyMatch(call ->
                        call.text().contains("/timens_offsets>") && call.by().equals("agent"));
        assertThat(sandboxes
                        .plan(spec.withId("c2").withNamespaces(spec.namespaces().withClocks(ahead)))
                        .calls())
                .anyMatch(call -> call.text().contains("/proc/PID/timens_offsets>"));
    }

    @Test
    void clocks_that_would_show_less_than_nothing_are_refused_and_nothing_is_left() {
        SandboxSpec spec = spec("c1", "true");
        SandboxSpec behind = spec.withNamespaces(spec.namespaces().withClocks(new ClockOffsets(0, -4_000_000_000L)));
        if (TimeNamespaces.missing().isEmpty()) {
            assertThatThrownBy(() -> sandboxes.start(behind))
                    .hasMessageContaining("would show less than 0")
                    .hasMessageContaining("boottime 4000000000 s behind; the host's own show how long it has been up, ")
                    .hasMessageNotContaining("ClockOffsets");
        } else {
            assertThatThrownBy(() -> sandboxes.start(behind)).hasMessageContaining("needs Linux 6.3");
        }
        assertThat(sandboxes.list()).isEmpty();
        assertThatThrownBy(() -> new ClockOffsets(5_000_000_000L, 0)).hasMessageContaining("146 years");
    }

    @Test
    void what_cannot_be_joined_is_refused_and_nothing_is_left() throws Exception {
        assertThatThrownBy(() -> sandboxes.start(joining(spec("c1", "true"), "none", Namespace.NET)))
                .hasMessageContaining("there is no container 'none' whose namespaces could be joined");
        run(spec("c2", "true"));
        assertThatThrownBy(() -> sandboxes.start(joining(spec("c3", "true"), "c2", Namespace.NET)))
                .hasMessageContaining("container c2, whose namespaces are to be joined, does not run");
        assertThatThrownBy(() -> joining(spec("c4", "true"), "c2", Namespace.CGROUP))
                .hasMessageContaining("there can be joined");
        assertThat(sandboxes.start(spec("c1", "true")).id()).isEqualTo("c1");
    }
}
