package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.Signal;
import io.slipway.sandbox.TimeNamespaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The specification's section linux (config-linux.md); src/docs/oci-conformance.md says which file of runtime-tools each test stands for. */
class LinuxConformanceTest extends ContainerRun {
    private static final List<String> TYPES = List.of("pid", "network", "ipc", "uts", "mount", "cgroup");
    private static final Map<String, String> FILE = Map.of(
            "pid", "pid", "network", "net", "ipc", "ipc", "uts", "uts", "mount", "mnt", "cgroup", "cgroup", "user",
            "user");

    @Test
    void devicesAreMadeWithTheirNumbersModesAndOwners() throws Exception {
        bundle.set(
                "linux.devices",
                List.of(
                        Bundle.map(
                                "path",
                                "/dev/test1",
                                "type",
                                "c",
                                "major",
                                10,
                                "minor",
                                229,
                                "fileMode",
                                0640,
                                "uid",
                                5,
                                "gid",
                                6),
                        Bundle.map("path", "/dev/deep/test2", "type", "b", "major", 7, "minor", 300, "fileMode", 0600),
                        Bundle.map("path", "/dev/test3", "type", "p", "fileMode", 0622)));
        assertThat(told("stat -c '%F %t:%T %a %u %g' /dev/test1 /dev/deep/test2 /dev/test3"))
                .isEqualTo("character special file a:e5 640 5 6\nblock special file 7:12c 600 0 0\nfifo 0:0 622 0 0\n");
    }

    @Test
    void maskedPathsReadAsEmpty() throws Exception {
        Files.createDirectories(bundle.rootfs().resolve("secret/dir"));
        Files.writeString(bundle.rootfs().resolve("secret/dir/file"), "x");
        Files.writeString(bundle.rootfs().resolve("secret/file"), "y");
        bundle.set("linux.maskedPaths", List.of("/secret/dir", "/secret/file", "/proc/keys", "/not/there"));
        assertThat(told("ls /secret/dir; cat /secret/file /proc/keys; echo end"))
                .isEqualTo("end\n");
    }

    @Test
    void readOnlyPathsAreRead() throws Exception {
        Files.createDirectories(bundle.rootfs().resolve("fixed/below"));
        Files.writeString(bundle.rootfs().resolve("fixed/file"), "kept\n");
        bundle.set("linux.readonlyPaths", List.of("/fixed", "/proc/sys", "/not/there"));
        assertThat(
                        told(
                                "cat /fixed/file; echo x > /fixed/file; echo x > /fixed/below/x; echo 1 > /proc/sys/net/ipv4/ip_forward; exit 0"))
                .startsWith("kept\n")
                .contains("Read-only file system");
        assertThat(bundle.rootfs().resolve("fixed/file")).hasContent("kept");
    }

    @Test
    void aNamespaceThatIsNotListedIsOurs() throws Exception {
        bundle.set("linux.namespaces", Bundle.namespaces("mount", "pid")).without("hostname");
        bundle.set("mounts", new ArrayList<>(List.of(Bundle.mount("/proc", "proc", "proc"))));
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        int pid = start();
        for (String type : List.of("network", "ipc", "uts", "cgroup", "user")) {
            assertThat(namespace(pid, type))
                    .as(type)
                    .isEqualTo(namespace((int) ProcessHandle.current().pid(), type));
        }
        assertThat(namespace(pid, "pid"))
                .isNotEqualTo(namespace((int) ProcessHandle.current().pid(), "pid"));
    }

    @Test
    void aNamespaceWithoutAPathIsNew() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        int pid = start();
        for (String type : TYPES) {
            assertThat(namespace(pid, type))
                    .as(type)
                    .isNotEqualTo(namespace((int) ProcessHandle.current().pid(), type));
        }
    }

    private static String namespace(int pid, String type) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + FILE.get(type)))
                .toString();
    }

    @Test
    void aNamespaceWithAPathIsThatOne() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        int pid = start();
        Bundle second = new Bundle(directory);
        List<Object> namespaces = new ArrayList<>();
        for (String type : TYPES) {
            boolean joined = !type.equals("mount");
            namespaces.add(
                    joined
                            ? Bundle.map("type", type, "path", "/proc/" + pid + "/ns/" + FILE.get(type))
                            : Bundle.map("type", type));
        }
        second.set("linux.namespaces", namespaces).set("process.args", List.of("/bin/sleep", "1000"));
        second.set("mounts", new ArrayList<>(List.of(Bundle.mount("/proc", "proc", "proc"))));
        int other = runtime.create(second.id(), second.options());
        runtime.start(second.id());
        for (String type : TYPES) {
            if (!type.equals("mount")) {
                assertThat(namespace(other, type)).as(type).isEqualTo(namespace(pid, type));
            }
        }
        runtime.kill(second.id(), Signal.SIGKILL, false);
        runtime.await(second.id());
    }

    @ParameterizedTest
    @CsvSource({"cgroup, ipc", "ipc, mnt", "mount, net", "network, pid", "pid, user", "user, uts", "uts, cgroup"})
    void aPathOfAnotherKindOfNamespaceIsAnError(String type, String wrong) throws Exception {
        List<Object> namespaces = new ArrayList<>(Bundle.namespaces("pid", "network", "ipc", "uts", "mount", "cgroup"));
        namespaces.removeIf(one -> ((Map<?, ?>) one).containsValue(type));
        namespaces.add(Bundle.map("type", type, "path", "/proc/self/ns/" + wrong));
        bundle.set("linux.namespaces", namespaces);
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("no " + type + " namespace");
    }

    @ParameterizedTest
    @CsvSource({"shared, there", "slave, hidden", "private, hidden", "unbindable, refused"})
    void theRootSpreadsMountsAsItIsTold(String propagation, String expected) throws Exception {
        List<String> admin = List.of("CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE");
        bundle.set("process.capabilities", Bundle.map("bounding", admin, "effective", admin, "permitted", admin))
                .set("linux.rootfsPropagation", propagation);
        String told = told("mkdir -p /target /mnt /test; touch /test/f; "
                + "if mount --rbind / /target 2>/dev/null; then mount --bind /test /mnt; "
                + "[ -e /target/mnt/f ] && echo there || echo hidden; else echo refused; fi");
        assertThat(told.strip()).isEqualTo(expected);
    }

    @Test
    void kernelParametersOfItsNamespacesAreSetAndOthersRefused() throws Exception {
        bundle.set("linux.sysctl", Bundle.map("net.ipv4.ip_forward", "1", "kernel.shmmni", "1234"));
        assertThat(told("cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmni"))
                .isEqualTo("1\n1234\n");
        runtime.delete(bundle.id(), false);
        bundle.set("linux.sysctl", Bundle.map("vm.swappiness", "1"));
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("linux.sysctl[\"vm.swappiness\"]")
                .hasMessageContaining("would change the host");
    }

    @Test
    void idsAreMappedAsTheyAreWritten() throws Exception {
        List<Object> mapping = List.of(
                Bundle.map("containerID", 0, "hostID", 100_000, "size", 2000),
                Bundle.map("containerID", 2000, "hostID", 200_000, "size", 3200));
        bundle.set("linux.namespaces", Bundle.namespaces("pid", "network", "ipc", "uts", "mount", "cgroup", "user"))
                .set("linux.uidMappings", mapping)
                .set("linux.gidMappings", mapping);
        String map = "0 100000 2000\n2000 200000 3200";
        assertThat(told("cat /proc/self/uid_map /proc/self/gid_map")
                        .replaceAll(" +", " ")
                        .replace("\n ", "\n")
                        .strip())
                .isEqualTo(map + "\n" + map);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aSystemCallThatIsForbiddenFails(boolean noNewPrivileges) throws Exception {
        bundle.set("process.noNewPrivileges", noNewPrivileges)
                .set(
                        "linux.seccomp",
                        Bundle.map(
                                "defaultAction",
                                "SCMP_ACT_ALLOW",
                                "architectures",
                                List.of("SCMP_ARCH_X86_64"),
                                "unknown",
                                "x",
                                "syscalls",
                                List.of(Bundle.map(
                                        "names",
                                        List.of("getcwd", "mkdir"),
                                        "action",
                                        "SCMP_ACT_ERRNO",
                                        "errnoRet",
                                        95,
                                        "comment",
                                        "x"))));
        assertThat(told("mkdir /made; grep Seccomp: /proc/self/status"))
                .isEqualTo("mkdir: can't create directory '/made': Operation not supported\nSeccomp:\t2\n");
    }

    @Test
    void whatJoinsAContainerIsUnderItsFilter() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"))
                .set(
                        "linux.seccomp",
                        Bundle.map(
                                "defaultAction",
                                "SCMP_ACT_ALLOW",
                                "syscalls",
                                List.of(Bundle.map("names", List.of("mkdir"), "action", "SCMP_ACT_ERRNO"))));
        start();
        ExecOptions options =
                ExecOptions.of(List.of("sh", "-c", "mkdir /made 2>/out; grep Seccomp: /proc/self/status >>/out"));
        runtime.exec(bundle.id(), options);
        assertThat(bundle.output())
                .isEqualTo("mkdir: can't create directory '/made': Operation not permitted\nSeccomp:\t2\n");
    }

    @Test
    void aFilterThatMeansNothingIsRefused() throws Exception {
        bundle.set("linux.seccomp", Bundle.map("defaultAction", "SCMP_ACT_NONE"));
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("linux.seccomp cannot be used")
                .hasMessageContaining("SCMP_ACT_NONE");
    }

    @Test
    void theClocksOfATimeNamespaceAreAheadAsTold() throws Exception {
        bundle.set("linux.namespaces", Bundle.namespaces("pid", "network", "ipc", "uts", "mount", "cgroup", "time"))
                .set("linux.timeOffsets", Bundle.map("boottime", Bundle.map("secs", 100_000_000)));
        if (TimeNamespaces.missing().isPresent()) {
            assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                    .hasMessageContaining("linux.namespaces asks for a new time namespace, which needs Linux 6.3");
            return;
        }
        assertThat(Double.parseDouble(told("cut -d' ' -f1 /proc/uptime").strip()))
                .isGreaterThan(1e8);
    }
}
