package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Root file systems and configurations that try to reach the host; each fails, and the host's directory stays as it was. */
class OciAttackTest extends ContainerRun {
    private Path outside;

    @BeforeEach
    void makeOutside() throws IOException {
        outside = Files.createDirectory(directory.resolve("outside"));
        Files.writeString(outside.resolve("victim"), "untouched");
    }

    private void assertHostUntouched() throws IOException {
        try (var left = Files.list(outside)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("victim");
        }
        assertThat(outside.resolve("victim")).hasContent("untouched");
    }

    private void replaceByLink(String path, Path target) throws IOException {
        Path link = bundle.rootfs().resolve(path);
        if (Files.isDirectory(link)) {
            try (var all = Files.walk(link)) {
                for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(one);
                }
            }
        }
        Files.createSymbolicLink(link, target);
    }

    /** CVE-2019-19921, CVE-2023-27561, CVE-2024-45310. */
    @Test
    void aMountThroughALinkOfTheImageStaysWithinTheRoot() throws Exception {
        replaceByLink("escape", outside);
        bundle.addMount(Bundle.mount("/escape/sub", "tmpfs", "tmpfs"))
                .addMount(Bundle.mount("/escape/file", "bind", "/etc/hostname", "bind"));
        Files.createDirectories(bundle.rootfs().resolve(outside.toString().substring(1)));
        String told = told("mount | grep -c escape; mount | grep sub; echo new > /escape/sub/new; cat /escape/sub/new");
        assertThat(told).contains(outside + "/sub type tmpfs", "new");
        assertHostUntouched();
    }

    @Test
    void openedByItsNameTheSameMountIsMadeOnTheHost() throws Exception {
        replaceByLink("escape", outside);
        bundle.addMount(Bundle.mount("/escape/sub", "tmpfs", "tmpfs"));
        CarelessCreation.of(bundle, directory.resolve("state"));
        assertThat(outside.resolve("sub")).isDirectory();
    }

    /** CVE-2026-41579. */
    @Test
    void devicesAreNotMadeThroughALinkOfTheImage() throws Exception {
        replaceByLink("dev", outside);
        Files.createDirectories(bundle.rootfs().resolve(outside.toString().substring(1)));
        bundle.set("mounts", new ArrayList<>(List.of(Bundle.mount("/proc", "proc", "proc"))))
                .without("linux.maskedPaths")
                .without("linux.readonlyPaths")
                .set("process.args", List.of("/bin/sh", "-c", "[ -c /dev/null ]"));
        assertThat(run()).isZero();
        assertHostUntouched();
    }

    @Test
    void openedByItsNameTheSameLinkHasDevicesMadeOnTheHost() throws Exception {
        replaceByLink("dev", outside);
        bundle.set("mounts", new ArrayList<>()).without("linux.maskedPaths").without("linux.readonlyPaths");
        CarelessCreation.of(bundle, directory.resolve("state"));
        assertThat(outside.resolve("null")).exists();
        assertThat(Files.readSymbolicLink(outside.resolve("stdin"))).hasToString("/proc/self/fd/0");
    }

    /** CVE-2025-31133: a mask was the image's /dev/null, which could be a link to what should be masked, or to what is then written. */
    @Test
    void aMaskIsTheHostsNullWhateverTheImageHasThere() throws Exception {
        Files.createDirectories(bundle.rootfs().resolve("dev"));
        Files.createSymbolicLink(bundle.rootfs().resolve("dev/null"), Path.of("/proc/self/status"));
        bundle.set("mounts", new ArrayList<>(List.of(Bundle.mount("/proc", "proc", "proc"))))
                .set("linux.maskedPaths", List.of("/proc/keys"));
        assertThat(told("stat -c '%t:%T' /proc/keys; cat /proc/keys")).isEqualTo("1:3\n");
    }

    /** CVE-2024-21626. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/self/fd/7", "/proc/self/fd/8/..", "/proc/1/root", "/proc/self/cwd"})
    void aWorkingDirectoryBehindAMagicLinkIsRefused(String cwd) throws Exception {
        bundle.set("process.cwd", cwd);
        if (cwd.endsWith("..")) {
            // Cleaned to /proc/self/fd, which is the container's own.
            assertThat(run()).isZero();
        } else {
            assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                    .hasMessageContaining("openat2")
                    .hasMessageContaining(cwd.substring(1));
        }
    }

    @Test
    void aMountBehindAMagicLinkIsRefused() throws Exception {
        // Below /proc itself it is refused for that alone.
        bundle.addMount(Bundle.mount("/kernel", "proc", "proc"))
                .addMount(Bundle.mount("/kernel/self/root/here", "tmpfs", "tmpfs"));
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options())).hasMessageContaining("ELOOP");
        assertThat(bundle.rootfs().resolve("here")).doesNotExist();
    }

    /** CVE-2019-16884, CVE-2019-19921: what is written to /proc, and asked of it, was led elsewhere. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/proc",
                "/proc/sys",
                "/proc/self/attr",
                "/proc/stat/x",
                "proc//sys/../sys",
                "/kernel",
                "/kernel/sys"
            })
    void nothingButProcIsMountedOnProcAndNothingBelowItAlsoNotThroughALink(String destination) throws Exception {
        replaceByLink("kernel", Path.of("../proc/."));
        for (String type : List.of("bind", "tmpfs", "sysfs")) {
            bundle.set(
                    "mounts",
                    new ArrayList<>(List.of(
                            Bundle.mount("/proc", "proc", "proc"),
                            Bundle.mount(destination, type, outside.toString()))));
            assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                    .as(type)
                    .hasMessageStartingWith("mounts[1]")
                    .hasMessageContaining("/proc");
        }
        assertThat(runtime.list()).isEmpty();
        assertHostUntouched();
    }

    /** The same by a link that the root file system does not have before an earlier mount brings it. */
    @ParameterizedTest
    @ValueSource(strings = {"bind", "tmpfs", "cgroup", "file"})
    void nothingIsMountedBelowProcThroughALinkOfAnEarlierMountEither(String type) throws Exception {
        Path volume = Files.createDirectory(directory.resolve("volume"));
        Files.createSymbolicLink(volume.resolve("kernel"), Path.of("/proc"));
        Path file = Files.writeString(directory.resolve("file"), "not the kernel's");
        Map<String, Object> last = type.equals("file")
                ? Bundle.mount("/data/kernel/version", "bind", file.toString(), "bind")
                : Bundle.mount("/data/kernel/sys", type, outside.toString(), "ro");
        bundle.set(
                "mounts",
                new ArrayList<>(List.of(
                        Bundle.mount("/proc", "proc", "proc"),
                        Bundle.mount("/data", "bind", volume.toString(), "bind"),
                        last)));
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageStartingWith("mounts[2].destination is \"/data/kernel/")
                .hasMessageContaining("nothing is mounted below /proc");
        assertThat(runtime.list()).isEmpty();
        assertHostUntouched();
    }

    @Test
    void theHostsProcMayBeShownAndFilesThatTellOfTheMachineBeCovered() throws Exception {
        Path size = Files.writeString(directory.resolve("meminfo"), "MemTotal: 1 kB\n");
        bundle.set(
                        "mounts",
                        new ArrayList<>(List.of(
                                Bundle.mount("/proc", "bind", "/proc", "rbind"),
                                Bundle.mount("/proc/meminfo", "bind", size.toString(), "bind"))))
                .without("linux.maskedPaths")
                .without("linux.readonlyPaths");
        assertThat(told("cat /proc/meminfo; readlink /proc/1/exe > /dev/null; test -e /proc/self/status"))
                .isEqualTo("MemTotal: 1 kB\n");
        bundle.set("mounts", new ArrayList<>(List.of(Bundle.mount("/proc", "bind", "/proc/sys", "bind"))));
        assertThatThrownBy(() -> runtime.create("oci-part", bundle.options()))
                .hasMessage("mounts[0] would mount /proc/sys, which is not the top of a proc file system, on /proc;"
                        + " mount proc there, or name another destination");
    }

    /** CVE-2025-52881: the write of a kernel parameter was led elsewhere by what the bundle has at /proc. */
    @Test
    void aKernelParameterIsWrittenToTheKernelAlone() throws Exception {
        Path fake = Files.createDirectories(bundle.rootfs().resolve("proc/sys/net/ipv4"));
        Files.createSymbolicLink(fake.resolve("ip_forward"), outside.resolve("victim"));
        bundle.set("mounts", new ArrayList<>(List.of(Bundle.mount("/real", "proc", "proc"))))
                .without("linux.maskedPaths")
                .without("linux.readonlyPaths")
                .set("linux.sysctl", Bundle.map("net.ipv4.ip_forward", "1"));
        assertThat(told("cat /real/sys/net/ipv4/ip_forward")).isEqualTo("1\n");
        assertHostUntouched();
    }

    /** CVE-2024-21626: no descriptor of ours is left in a container, nor in what joins it. */
    @Test
    void nothingIsOpenInAContainerButItsThreeStreams() throws Exception {
        bundle.set("process.args", List.of("/bin/sh", "-c", "ls /proc/self/fd | tr '\\n' ' ' > /one; exec sleep 1000"));
        start();
        await(() -> bundle.rootfs().resolve("one").toFile().length() > 0);
        // 3 is the directory that ls itself reads.
        assertThat(bundle.rootfs().resolve("one")).hasContent("0 1 2 3 ");
        runtime.exec(bundle.id(), ExecOptions.of(List.of("sh", "-c", "ls /proc/self/fd | tr '\\n' ' ' > /two")));
        assertThat(bundle.rootfs().resolve("two")).hasContent("0 1 2 3 ");
    }

    /** CVE-2019-5736, CVE-2016-9962: what waits for its start is our program still; the container's root must not get at it. */
    @Test
    void whatWaitsForItsStartCanBeNeitherReadNorTracedByAnother() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        runtime.create(bundle.id(), bundle.options());
        runtime.exec(
                bundle.id(),
                ExecOptions.of(
                        List.of(
                                "sh",
                                "-c",
                                "{ readlink /proc/1/exe; cat /proc/1/maps; ls /proc/1/fd /proc/1/cwd; echo end; } > /out 2>&1")));
        assertThat(bundle.output()).doesNotContain("java", "slipway-oci").contains("Permission denied", "end");
    }

    /** CVE-2024-40635. */
    @ParameterizedTest
    @ValueSource(longs = {4_294_967_295L, 4_294_967_296L, -1, Long.MAX_VALUE})
    void anIdThatWouldWrapAroundIsRefused(long uid) throws Exception {
        bundle.set("process.user.uid", uid);
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessage("process.user.uid is " + uid + "; give a whole number from 0 to 4294967294");
    }

    @Test
    void aGroupPathThatLeadsUpStaysBelowTheHierarchy() throws Exception {
        bundle.set("linux.cgroupsPath", "/slipway-test/../../../slipway-test/" + bundle.id());
        assertThat(run()).isZero();
        bundle.set("linux.cgroupsPath", "/..");
        runtime.delete(bundle.id(), false);
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("the root of all groups");
    }
}
