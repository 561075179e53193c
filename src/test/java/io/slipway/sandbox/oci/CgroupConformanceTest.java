package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The specification's control groups (config-linux.md), by absolute and by relative path; src/docs/oci-conformance.md says which file each test stands for. */
class CgroupConformanceTest extends ContainerRun {
    private int pid;

    @BeforeEach
    void sleep() {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
    }

    private void start(String path) throws IOException {
        bundle.set("linux.cgroupsPath", path.isEmpty() ? path : path + bundle.id());
        pid = start();
    }

    /** What stands in a file of the group that the process is in, as the kernel says it. */
    private Optional<String> limit(String controller, String... files) throws IOException {
        Hierarchies hierarchies = Hierarchies.detect();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
            String[] part = line.split(":", 3);
            Path root = part[1].isEmpty()
                    ? hierarchies.unified().orElse(null)
                    : List.of(part[1].split(",")).contains(controller)
                            ? hierarchies.first().get(controller)
                            : null;
            for (String file : files) {
                if (root != null
                        && Files.exists(root.resolve(part[2].substring(1)).resolve(file))) {
                    return Optional.of(
                            Files.readString(root.resolve(part[2].substring(1)).resolve(file))
                                    .strip());
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isFirst(String controller) throws IOException {
        return Hierarchies.detect().first().containsKey(controller);
    }

    /** What a process of the host says, with all its rights, in the container's group of version 2. */
    private String inGroup(String script) throws IOException {
        Path group = runtime.find(bundle.id()).cgroup().directories().getFirst();
        Process process = new ProcessBuilder(
                        "/bin/busybox", "sh", "-c", "echo $$ > " + group + "/cgroup.procs && " + script)
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/slipway-test/", "relative/"})
    void memory(String path) throws Exception {
        bundle.set(
                "linux.resources.memory",
                Bundle.map("limit", 50_593_792, "reservation", 49_545_216, "swap", 60_000_000 / 4096 * 4096));
        start(path);
        assertThat(limit("memory", "memory.limit_in_bytes", "memory.max")).contains("50593792");
        assertThat(limit("memory", "memory.soft_limit_in_bytes", "memory.low")).contains("49545216");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/slipway-test/", "relative/"})
    void cpus(String path) throws Exception {
        bundle.set(
                "linux.resources.cpu",
                Bundle.map("shares", 1024, "quota", 100_000, "period", 50_000, "cpus", "0-1", "mems", "0"));
        start(path);
        if (isFirst("cpu")) {
            assertThat(limit("cpu", "cpu.cfs_quota_us")).contains("100000");
            assertThat(limit("cpu", "cpu.cfs_period_us")).contains("50000");
            assertThat(limit("cpu", "cpu.shares")).contains("1024");
        } else {
            assertThat(limit("cpu", "cpu.max")).contains("100000 50000");
            // 1 + (shares - 2) * 9999 / 262142, as crun(1) has it.
            assertThat(limit("cpu", "cpu.weight")).contains("39");
        }
        assertThat(limit("cpuset", "cpuset.cpus")).contains("0-1");
        assertThat(limit("cpuset", "cpuset.mems")).contains("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/slipway-test/", "relative/"})
    void pids(String path) throws Exception {
        bundle.set("linux.resources.pids", Bundle.map("limit", 1000));
        start(path);
        assertThat(limit("pids", "pids.max")).contains("1000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/slipway-test/", "relative/"})
    void blkio(String path) throws Exception {
        String device =
                Files.readString(Path.of("/sys/block/" + disk() + "/dev")).strip();
        int major = Integer.parseInt(device.split(":")[0]);
        int minor = Integer.parseInt(device.split(":")[1]);
        List<Object> rate = List.of(Bundle.map("major", major, "minor", minor, "rate", 102_400));
        bundle.set(
                "linux.resources.blockIO",
                Bundle.map(
                        "throttleReadBpsDevice", rate, "throttleWriteBpsDevice", rate, "throttleReadIOPSDevice", rate));
        start(path);
        if (!isFirst("blkio")) {
            assertThat(limit("io", "io.max")).contains(device + " rbps=102400 wbps=102400 riops=102400 wiops=max");
            return;
        }
        assertThat(limit("blkio", "blkio.throttle.read_bps_device").orElse("")).contains(device + " 102400");
        assertThat(limit("blkio", "blkio.throttle.write_bps_device").orElse("")).contains(device + " 102400");
        assertThat(limit("blkio", "blkio.throttle.read_iops_device").orElse("")).contains(device + " 102400");
    }

    private static String disk() throws IOException {
        try (var disks = Files.list(Path.of("/sys/block"))) {
            return disks.map(disk -> disk.getFileName().toString())
                    .filter(name -> name.matches("(vd|sd|nvme|loop).*"))
                    .sorted((a, b) -> b.compareTo(a))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/slipway-test/", "relative/"})
    void devices(String path) throws Exception {
        bundle.set(
                "linux.resources.devices",
                List.of(
                        Bundle.map("allow", false, "access", "rwm"),
                        Bundle.map("allow", true, "type", "c", "major", 10, "minor", 229, "access", "rwm"),
                        Bundle.map("allow", true, "type", "b", "major", 8, "minor", 20, "access", "rw"),
                        Bundle.map("allow", true, "type", "b", "major", 10, "minor", 200, "access", "r")));
        start(path);
        if (!isFirst("devices")) {
            // The program that decides there tells nobody what it allows.
            assertThat(inGroup(": < /dev/null")).isEmpty();
            assertThat(inGroup(": < /dev/kmsg")).contains("not permitted");
            return;
        }
        assertThat(limit("devices", "devices.list").orElse(""))
                .contains("c 10:229 rwm", "b 8:20 rw", "b 10:200 r", "c 1:3 rwm")
                .doesNotContain("a *:*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/slipway-test/", "relative/"})
    void whatNoControllerKeepsIsAnError(String path) throws Exception {
        bundle.set("linux.resources.network", Bundle.map("classID", 1_048_577));
        if (Hierarchies.detect().first().containsKey("net_cls")) {
            start(path);
            assertThat(limit("net_cls", "net_cls.classid")).contains("1048577");
        } else {
            assertThatThrownBy(() -> start(path))
                    .hasMessageContaining("linux.resources.network.classID cannot be kept")
                    .hasMessageContaining("no net_cls controller");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/slipway-test/", "relative/"})
    void hugePages(String path) throws Exception {
        bundle.set("linux.resources.hugepageLimits", List.of(Bundle.map("pageSize", "2MB", "limit", 56_623_104)));
        Hierarchies hierarchies = Hierarchies.detect();
        if (hierarchies.first().containsKey("hugetlb")
                || hierarchies.controllers().contains("hugetlb")) {
            start(path);
            assertThat(limit("hugetlb", "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max"))
                    .contains("56623104");
            assertThat(limit("hugetlb", "hugetlb.2MB.rsvd.limit_in_bytes", "hugetlb.2MB.rsvd.max"))
                    .contains("56623104");
        } else {
            assertThatThrownBy(() -> start(path))
                    .hasMessageContaining("linux.resources.hugepageLimits[0].limit cannot be kept");
        }
    }
}
