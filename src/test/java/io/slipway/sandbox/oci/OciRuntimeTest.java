package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.ProcessIdentity;
import io.slipway.linux.Signal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OciRuntimeTest extends ContainerRun {
    @Test
    void aCheckedLimitIsNotSetBelowWhatIsInUse() throws Exception {
        bundle.script("sleep 1000");
        start();
        byte[] small = "{\"memory\": {\"limit\": 4096, \"checkBeforeUpdate\": true}}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> runtime.update(bundle.id(), small))
                .hasMessageContaining("memory.limit is 4096, but the container uses ")
                .hasMessageContaining("nothing was changed");
        runtime.update(
                bundle.id(),
                "{\"memory\": {\"limit\": 1073741824, \"checkBeforeUpdate\": true}}".getBytes(StandardCharsets.UTF_8));
        assertThat(status()).isEqualTo("running");
    }

    private String limit(String controller, String first, String second) throws IOException {
        Hierarchies all = Hierarchies.detect();
        Path root = all.first().get(controller);
        Path group = (root != null ? root : all.unified().orElseThrow())
                .resolve(runtime.find(bundle.id()).record().cgroup().substring(1));
        return Files.readString(group.resolve(root != null ? first : second)).strip();
    }

    private void update(String resources) throws IOException {
        runtime.update(bundle.id(), resources.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anUpdateThatIsRefusedChangesNothing() throws Exception {
        bundle.script("sleep 1000");
        start();
        update("{\"pids\": {\"limit\": 77}, \"cpu\": {\"quota\": 50000, \"period\": 100000},"
                + " \"memory\": {\"limit\": 268435456}}");
        List<String> refused = new ArrayList<>(List.of("\"cpu\": {\"quota\": 10}", "\"cpu\": {\"cpus\": \"4000\"}"));
        if (Hierarchies.detect().first().containsKey("memory")) {
            // Version 2 takes any limit, and kills for it.
            refused.add("\"memory\": {\"limit\": 1}");
        }
        for (String wrong : refused) {
            assertThatThrownBy(() -> update("{\"pids\": {\"limit\": 5}, " + wrong + "}"))
                    .as(wrong)
                    .hasMessageContaining("is refused by the kernel");
            assertThat(limit("pids", "pids.max", "pids.max")).as(wrong).isEqualTo("77");
            assertThat(limit("cpu", "cpu.cfs_quota_us", "cpu.max")).as(wrong).startsWith("50000");
            assertThat(limit("memory", "memory.limit_in_bytes", "memory.max"))
                    .as(wrong)
                    .isEqualTo("268435456");
        }
        assertThat(status()).isEqualTo("running");
    }

    @Test
    void whatIsPausedIsKilledAllTheSame() throws Exception {
        for (boolean all : List.of(false, true)) {
            bundle.script("sleep 1000");
            start();
            runtime.pause(bundle.id());
            runtime.kill(bundle.id(), Signal.SIGTERM, all);
            assertThat(status()).isEqualTo("paused");
            runtime.kill(bundle.id(), Signal.SIGKILL, all);
            assertThat(runtime.await(bundle.id())).isEqualTo(137);
            runtime.delete(bundle.id(), false);
        }
    }

    @Test
    void whatAKilledCommandHadHalfMadeOrHalfRemovedIsTakenAwayByTheNext() throws Exception {
        Path state = directory.resolve("state");
        // Process numbers end well below.
        Path made = Files.createDirectories(state.resolve(".new-4194305-1-0"));
        Path removed = Files.createDirectories(state.resolve(".gone-4194305-1-7"));
        Files.writeString(removed.resolve("record.json"), "{}");
        ProcessIdentity self = ProcessIdentity.self();
        Path living =
                Files.createDirectories(state.resolve(".new-" + self.pid() + "-" + self.startTicks() + "-999999"));
        assertThat(runtime.list()).isEmpty();
        assertThat(made).doesNotExist();
        assertThat(removed).doesNotExist();
        assertThat(living).exists();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aContainerWhoseRecordIsDamagedIsToldOfWhenAllAreListed() throws Exception {
        Files.createDirectories(directory.resolve("state").resolve("damaged"));
        assertThat(runtime.list()).isEmpty();
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("damaged is not listed", "'delete --force' removes it");
        runtime.delete("damaged", true);
        runtime.list();
        assertThat(warnings).hasSize(1);
    }

    @Test
    void aContainerRunsAndItsExitCodeIsTold() throws Exception {
        assertThat(bundle.script("hostname; exit 42")).isNotNull();
        assertThat(run()).isEqualTo(42);
        assertThat(bundle.output()).isEqualTo("slipway\n");
    }

    @Test
    void itsStateFollowsItsLife() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        int pid = runtime.create(bundle.id(), bundle.options());
        Node state = JsonDocument.read(runtime.state(bundle.id()), "state");
        assertThat(state.at("status").text()).isEqualTo("created");
        assertThat(state.at("pid").integer(0, Integer.MAX_VALUE)).isEqualTo(pid);
        assertThat(state.at("bundle").text()).isEqualTo(bundle.directory().toString());
        runtime.start(bundle.id());
        assertThat(status()).isEqualTo("running");
        runtime.pause(bundle.id());
        assertThat(status()).isEqualTo("paused");
        runtime.resume(bundle.id());
        assertThat(status()).isEqualTo("running");
        runtime.kill(bundle.id(), Signal.SIGKILL, false);
        assertThat(runtime.await(bundle.id())).isEqualTo(137);
        assertThat(status()).isEqualTo("stopped");
        runtime.delete(bundle.id(), false);
        assertThatThrownBy(() -> runtime.state(bundle.id())).hasMessageContaining("does not exist");
    }

    @Test
    void nothingOfItRunsBeforeItsStart() throws Exception {
        bundle.script("echo ran");
        runtime.create(bundle.id(), bundle.options());
        assertThat(bundle.rootfs().resolve("out")).doesNotExist();
        runtime.start(bundle.id());
        runtime.await(bundle.id());
        assertThat(bundle.output()).isEqualTo("ran\n");
    }

    @Test
    void aContainerWhoseMakerHasEndedIsStartedByAnother() throws Exception {
        bundle.script("echo second; exit 7");
        bundle.write();
        command("create", "--bundle", bundle.directory().toString(), "--pid-file", directory + "/pid", bundle.id());
        assertThat(status()).isEqualTo("created");
        long pid = Long.parseLong(Files.readString(directory.resolve("pid")));
        assertThat(ProcessHandle.of(pid)).isPresent();
        command("start", bundle.id());
        ProcessHandle.of(pid).ifPresent(handle -> handle.onExit().join());
        assertThat(bundle.output()).isEqualTo("second\n");
    }

    private void command(String... words) throws Exception {
        Process process = begin(words);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(directory.resolve("log")))
                .isZero();
    }

    /** A process of its own, as podman calls it. */
    private Process begin(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.slipway.app.OciMain",
                "--root",
                directory.resolve("state").toString()));
        command.addAll(List.of(words));
        // To a file: a pipe would be the container's too, and stay open with it.
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    @Test
    void operationsOutOfOrderAreRefused() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        runtime.create(bundle.id(), bundle.options());
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options())).hasMessageContaining("already exists");
        assertThatThrownBy(() -> runtime.delete(bundle.id(), false)).hasMessageContaining("that is created");
        runtime.start(bundle.id());
        assertThatThrownBy(() -> runtime.start(bundle.id())).hasMessageContaining("that is running");
        assertThatThrownBy(() -> runtime.delete(bundle.id(), false)).hasMessageContaining("that is running");
        runtime.kill(bundle.id(), Signal.SIGKILL, false);
        runtime.await(bundle.id());
        assertThatThrownBy(() -> runtime.kill(bundle.id(), Signal.SIGTERM, false))
                .hasMessageContaining("is stopped");
        assertThatThrownBy(() -> runtime.start(bundle.id())).hasMessageContaining("that is stopped");
    }

    @Test
    void aProgramThatIsNotThereFailsTheCreateAndLeavesNothing() throws Exception {
        bundle.set("process.args", List.of("nosuch"));
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("faccessat")
                .hasMessageContaining("nosuch")
                .hasMessageContaining("ENOENT");
        assertThat(runtime.list()).isEmpty();
        assertThat(directory.resolve("state").resolve(bundle.id())).doesNotExist();
    }

    @Test
    void aConfigThatIsChangedLaterChangesNothing() throws Exception {
        bundle.script("echo first");
        runtime.create(bundle.id(), bundle.options());
        bundle.script("echo second").write();
        runtime.start(bundle.id());
        runtime.await(bundle.id());
        assertThat(bundle.output()).isEqualTo("first\n");
    }

    @Test
    void inAUserNamespaceRootIsNobodyOnTheHost() throws Exception {
        bundle.set("linux.namespaces", Bundle.namespaces("pid", "network", "ipc", "uts", "mount", "cgroup", "user"))
                .set("linux.uidMappings", List.of(Bundle.map("containerID", 0, "hostID", 100_000, "size", 65_536)))
                .set("linux.gidMappings", List.of(Bundle.map("containerID", 0, "hostID", 100_000, "size", 65_536)))
                .script("id -u; cat /proc/self/uid_map; echo > /dev/null && echo device");
        assertThat(run()).as(bundle.output()).isZero();
        assertThat(bundle.output()).startsWith("0\n").contains("100000", "65536", "device");
        assertThat(Files.getAttribute(bundle.rootfs().resolve("out"), "unix:uid"))
                .isEqualTo(100_000);
    }

    @Test
    void execRunsBesideItWithItsRights() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        runtime.create(bundle.id(), bundle.options());
        runtime.start(bundle.id());
        ExecResult result = runtime.exec(
                bundle.id(),
                ExecOptions.of(List.of(
                        "sh", "-c", "hostname >/out; ps >>/out; grep CapEff /proc/self/status >>/out; exit 3")));
        assertThat(result.exitCode()).isEqualTo(Optional.of(3));
        assertThat(bundle.output()).startsWith("slipway\n").contains("sleep 1000", "CapEff:\t0000000020000422");
        assertThatThrownBy(() -> runtime.exec(bundle.id(), ExecOptions.of(List.of("nosuch"))))
                .hasMessageContaining("nosuch");
    }

    @Test
    void limitsAreSetAndUpdated() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"))
                .set(
                        "linux.resources",
                        Bundle.map("memory", Bundle.map("limit", 64 << 20), "pids", Bundle.map("limit", 50)));
        runtime.create(bundle.id(), bundle.options());
        BundleCgroup cgroup = runtime.find(bundle.id()).cgroup();
        assertThat(limit(cgroup, "memory.limit_in_bytes", "memory.max")).isEqualTo("67108864");
        assertThat(limit(cgroup, "pids.max")).isEqualTo("50");
        runtime.update(
                bundle.id(), "{\"memory\":{\"limit\":33554432}}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(limit(cgroup, "memory.limit_in_bytes", "memory.max")).isEqualTo("33554432");
        assertThat(limit(cgroup, "pids.max")).isEqualTo("50");
    }

    private static String limit(BundleCgroup cgroup, String... files) throws IOException {
        for (Path one : cgroup.directories()) {
            for (String file : files) {
                if (Files.exists(one.resolve(file))) {
                    return Files.readString(one.resolve(file)).strip();
                }
            }
        }
        return "none";
    }

    @Test
    void aCreateThatIsKilledInTheMiddleLeavesWhatDeleteRemoves() throws Exception {
        Path reached = directory.resolve("reached");
        bundle.set(
                "hooks.createRuntime",
                List.of(Bundle.map(
                        "path", "/bin/sh", "args", List.of("sh", "-c", "touch " + reached + "; exec sleep 1000"))));
        bundle.write();
        Process maker = begin("create", "--bundle", bundle.directory().toString(), bundle.id());
        await(() -> Files.exists(reached));
        assertThat(status()).isEqualTo("creating");
        Node state = JsonDocument.read(runtime.state(bundle.id()), "state");
        int child = (int) state.at("pid").integer(1, Integer.MAX_VALUE);
        List<ProcessHandle> hooks =
                maker.descendants().filter(one -> one.pid() != child).toList();
        maker.destroyForcibly().waitFor();
        // Its child reads the end of the pipe and ends too.
        await(() -> isGone(child));
        assertThat(status()).isEqualTo("stopped");
        runtime.delete(bundle.id(), false);
        hooks.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void aBindMountIsShownWithMappedOwners() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        Files.writeString(data.resolve("file"), "x");
        var mount = Bundle.mount("/data", "bind", data.toString(), "bind");
        List<Object> mapping = List.of(Bundle.map("containerID", 0, "hostID", 5000, "size", 10));
        mount.put("uidMappings", mapping);
        mount.put("gidMappings", mapping);
        bundle.addMount(mount);
        assertThat(told("stat -c '%u %g' /data/file")).isEqualTo("5000 5000\n");
    }

    @Test
    void theRootIsEnteredWithoutPivotRootWhenToldTo() throws Exception {
        bundle.script("ls / | tr '\\n' ' '; ls -d /../etc");
        CreateOptions options = new CreateOptions(bundle.write(), Optional.empty(), Optional.empty(), true, false, 0);
        runtime.create(bundle.id(), options);
        runtime.start(bundle.id());
        assertThat(runtime.await(bundle.id())).isZero();
        assertThat(bundle.output()).isEqualTo("bin dev etc out proc sys tmp /../etc\n");
    }

    @Test
    void aForegroundRunPassesOnASigtermAndEndsAsItsContainerDoes() throws Exception {
        bundle.script("trap 'echo asked; exit 7' TERM; echo ready; while true; do :; done");
        bundle.write();
        Process foreground = begin("run", "--bundle", bundle.directory().toString(), bundle.id());
        await(() -> bundle.rootfs().resolve("out").toFile().length() > 0);
        foreground.destroy();
        assertThat(foreground.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(foreground.exitValue()).isEqualTo(7);
        assertThat(bundle.output()).isEqualTo("ready\nasked\n");
        assertThat(runtime.list()).isEmpty();
    }

    @Test
    void descriptorsThatAreToBePassedOnAre() throws Exception {
        Path file = Files.writeString(directory.resolve("passed"), "through three");
        bundle.script("cat <&3; ls /proc/self/fd | tr '\\n' ' '");
        bundle.write();
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        Process process = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "exec \"$@\" 3<" + file + " 4<" + file,
                        "sh",
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.slipway.app.OciMain",
                        "--root",
                        directory.resolve("state").toString(),
                        "run",
                        "--preserve-fds",
                        "1",
                        "--bundle",
                        bundle.directory().toString(),
                        bundle.id())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(directory.resolve("log")))
                .isZero();
        // 4 is the directory that ls itself reads.
        assertThat(bundle.output()).isEqualTo("through three0 1 2 3 4 ");
    }

    @Test
    void aCreateThatIsKilledAtAnyMomentLeavesNothingThatDeleteDoesNotRemove() throws Exception {
        long seed = System.nanoTime();
        System.out.println("creates killed with seed " + seed);
        Random random = new Random(seed);
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        bundle.write();
        for (int i = 0; i < 12; i++) {
            Process maker = begin("create", "--bundle", bundle.directory().toString(), bundle.id());
            // From before it has done anything to after its end, on a machine that is as slow as this one may be.
            maker.waitFor(150 + random.nextInt(700), TimeUnit.MILLISECONDS);
            maker.destroyForcibly().waitFor();
            List<OciContainer> left = runtime.list();
            runtime.delete(bundle.id(), true);
            for (OciContainer container : left) {
                await(() -> container.pid() == 0);
            }
            for (Path root : Hierarchies.detect().roots()) {
                assertThat(root.resolve("slipway-test"))
                        .as("seed " + seed + ", " + i)
                        .doesNotExist();
            }
        }
    }
}
