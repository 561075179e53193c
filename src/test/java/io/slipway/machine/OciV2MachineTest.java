package io.slipway.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.sandbox.BusyboxRoot;
import io.slipway.sandbox.oci.CreateOptions;
import io.slipway.sandbox.oci.ExecOptions;
import io.slipway.sandbox.oci.OciRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OCI bundles on a machine whose controllers are all in the unified hierarchy. */
class OciV2MachineTest {
    private static final String ID = "one";
    private static final Path GROUP = Path.of("/sys/fs/cgroup/slipway-test/one");
    private static final String CONFIG = """
        {"ociVersion": "1.2.0", "root": {"path": "rootfs"},
         "process": {"args": ["/bin/sh", "-c", "%s"], "cwd": "/", "env": ["PATH=/bin"], "noNewPrivileges": true,
           "capabilities": {"bounding": ["CAP_DAC_OVERRIDE", "CAP_MKNOD", "CAP_SYSLOG"], "permitted": ["CAP_DAC_OVERRIDE", "CAP_MKNOD", "CAP_SYSLOG"],
             "effective": ["CAP_DAC_OVERRIDE", "CAP_MKNOD", "CAP_SYSLOG"]}},
         "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
           {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["ro"]},
           {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["ro"]}],
         "linux": {"cgroupsPath": "/slipway-test/one",
           "resources": {"memory": {"limit": 67108864, "swap": 67108864}, "pids": {"limit": 20},
             "cpu": {"quota": 50000, "period": 100000, "shares": 512}, "unified": {"memory.high": "50331648"},
             "devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 1, "minor": 11, "access": "r"}]},
           "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, {"type": "network"}, {"type": "cgroup"}]}}
        """;

    @TempDir
    Path temp;

    private OciRuntime runtime = new OciRuntime(Path.of("/nowhere"), Clock.systemUTC(), warning -> {});

    @BeforeEach
    void open() throws IOException {
        BusyboxRoot.make(temp.resolve("rootfs"));
        runtime = new OciRuntime(temp.resolve("state"), Clock.systemUTC(), warning -> {});
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        runtime.delete(ID, true);
        assertThat(Path.of("/sys/fs/cgroup/slipway-test")).doesNotExist();
    }

    private void start(String script) throws IOException {
        Files.writeString(temp.resolve("config.json"), CONFIG.formatted(script));
        runtime.create(ID, CreateOptions.of(temp));
        runtime.start(ID);
    }

    private static String limit(String file) throws IOException {
        return Files.readString(GROUP.resolve(file)).strip();
    }

    @Test
    void limitsOfABundleAreTheGroups() throws Exception {
        start("sleep 1000");
        assertThat(limit("memory.max")).isEqualTo("67108864");
        assertThat(limit("memory.swap.max")).isEqualTo("0");
        assertThat(limit("memory.high")).isEqualTo("50331648");
        assertThat(limit("pids.max")).isEqualTo("20");
        assertThat(limit("cpu.max")).isEqualTo("50000 100000");
        assertThat(limit("cpu.weight")).isEqualTo("20");
        runtime.update(ID, "{\"memory\": {\"limit\": 33554432}}".getBytes(StandardCharsets.UTF_8));
        assertThat(limit("memory.max")).isEqualTo("33554432");
    }

    @Test
    void aContainerSeesItsOwnGroupAlone() throws Exception {
        start("cat /proc/self/cgroup > /out; ls /sys/fs/cgroup | grep -c memory.max >> /out");
        assertThat(runtime.await(ID)).isZero();
        assertThat(temp.resolve("rootfs/out")).hasContent("0::/\n1");
    }

    @Test
    void onlyDevicesThatAreAllowedAreOpened() throws Exception {
        start(
                "mknod /kmsg c 1 11; mknod /mem c 1 1; { : < /kmsg; } && echo opened > /out; head -c 1 /mem 2>> /out; exit 0");
        assertThat(runtime.await(ID)).isZero();
        assertThat(Files.readString(temp.resolve("rootfs/out")))
                .startsWith("opened\n")
                .contains("Operation not permitted");
    }

    @Test
    void pauseExecAndKillReachTheWholeGroup() throws Exception {
        start("sleep 1000 & sleep 1000");
        assertThat(runtime.exec(ID, ExecOptions.of(List.of("/bin/sh", "-c", "exit 4")))
                        .exitCode())
                .contains(4);
        runtime.pause(ID);
        assertThat(limit("cgroup.events")).contains("frozen 1");
        runtime.resume(ID);
        assertThat(runtime.processes(ID)).hasSizeGreaterThanOrEqualTo(2);
        runtime.kill(ID, 9, true);
        assertThat(runtime.await(ID)).isEqualTo(137);
    }
}
