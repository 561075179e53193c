package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong around a config.json: ids, bundles, files that are to be written. Each is refused in words, and leaves nothing. */
class BadBundleTest extends ContainerRun {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "..",
                "../x",
                "a/b",
                "/abs",
                "a\0b",
                "a\nb",
                "a\u001b[2J",
                "\u202ea",
                "ä",
                ".hidden",
                "a b",
                "$(x)",
                "256"
            })
    void anIdThatIsNoneIsRefusedByEachOperation(String given) throws Exception {
        String id = given.equals("256") ? "x".repeat(256) : given;
        CreateOptions options = bundle.options();
        for (ThrowingCallable operation : List.<ThrowingCallable>of(
                () -> runtime.create(id, options),
                () -> runtime.start(id),
                () -> runtime.state(id),
                () -> runtime.kill(id, 15, false),
                () -> runtime.delete(id, true),
                () -> runtime.pause(id),
                () -> runtime.resume(id),
                () -> runtime.processes(id),
                () -> runtime.update(id, "{}".getBytes(StandardCharsets.UTF_8)),
                () -> runtime.exec(id, ExecOptions.of(List.of("true"))))) {
            assertThatThrownBy(operation)
                    .isInstanceOf(OciException.class)
                    .hasMessageContaining("is no id for a container")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "\u001b", "\0"));
        }
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactly(bundle.directory());
        }
    }

    @Test
    void aHugeFileOfTheImageIsNotCopiedIntoTheHostsMemory() throws Exception {
        try (RandomAccessFile huge =
                new RandomAccessFile(bundle.rootfs().resolve("etc/huge").toFile(), "rw")) {
            huge.setLength(1L << 40);
        }
        bundle.addMount(Bundle.mount("/etc", "tmpfs", "tmpfs", "tmpcopyup"));
        assertRefused(bundle.write(), "tmpcopyup on /etc would copy more than 256 MiB");
    }

    @Test
    void lessMemoryThanAStartTakesIsToldByTheLimit() throws Exception {
        bundle.set("linux.resources", Bundle.map("memory", Bundle.map("limit", 1)));
        assertRefused(bundle.write(), "linux.resources.memory.limit is 1, which is too little to start a container in");
    }

    @Test
    void optionsThatAFileSystemDoesNotTakeAreToldWithTheMount() throws Exception {
        bundle.set("mounts", new ArrayList<>(List.of(Bundle.mount("/m", "tmpfs", "tmpfs", "nodev", "size=zzz"))));
        assertRefused(
                bundle.write(),
                "mounts[0], tmpfs on /m, cannot be mounted: that file system does not take its options \"size=zzz\"");
        bundle.set("mounts", new ArrayList<>(List.of(Bundle.mount("/etc", "tmpfs", "tmpfs", "tmpcopyup", "size=zzz"))));
        assertRefused(bundle.write(), "mounts[0], tmpfs on /etc, cannot be mounted with its options \"size=zzz\"");
        bundle.set("mounts", new ArrayList<>(List.of(Bundle.mount("/m", "nothing-like-it", "x"))));
        assertRefused(bundle.write(), "mounts[0], nothing-like-it on /m, cannot be mounted: this kernel has no such");
    }

    @Test
    void aDeviceWhereSomethingIsIsToldByItsPath() throws Exception {
        Map<String, Object> there = Bundle.map("path", "/dev/shm", "type", "c", "major", 1, "minor", 3);
        bundle.set("linux.devices", List.of(there));
        assertRefused(bundle.write(), "the device /dev/shm cannot be made, as there is something at that path");
    }

    @Test
    void aResourceLimitThatNobodyMayGiveIsToldByItsPlace() throws Exception {
        long many = 2_000_000_000L;
        bundle.set("process.rlimits", List.of(Bundle.map("type", "RLIMIT_NOFILE", "soft", many, "hard", many)));
        assertRefused(
                bundle.write(), "process.rlimits[0] asks for RLIMIT_NOFILE {2000000000, 2000000000} (soft, hard)");
    }

    @Test
    void aClockThatWouldShowLessThanNothingIsToldByItsName() throws Exception {
        bundle.set("linux.namespaces", Bundle.namespaces("pid", "mount", "uts", "time"))
                .set("linux.timeOffsets", Bundle.map("boottime", Bundle.map("secs", -99_999_999)));
        assertRefused(
                bundle.write(), "linux.timeOffsets.boottime is -99999999 s and 0 ns, by which that clock would show");
    }

    @Test
    void aWorkingDirectoryThatIsNoneIsToldByItsPathAndACommandThatIsNoneByItsError() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        start();
        for (String none : List.of("/nonexist", "/bin/sh")) {
            ExecOptions plain = ExecOptions.of(List.of("true"));
            ExecOptions there = new ExecOptions(
                    plain.process(),
                    plain.args(),
                    Optional.of(none),
                    plain.env(),
                    false,
                    plain.user(),
                    plain.additionalGids(),
                    plain.capabilities(),
                    false,
                    false,
                    plain.pidFile(),
                    plain.consoleSocket(),
                    0);
            assertThatThrownBy(() -> runtime.exec(bundle.id(), there))
                    .hasMessageContaining("the working directory " + none + " is n")
                    .hasMessageContaining("{O_PATH|O_DIRECTORY, RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS}")
                    .hasMessageNotContaining("first process");
        }
        assertThatThrownBy(() -> runtime.exec(bundle.id(), ExecOptions.of(List.of("/etc"))))
                .hasMessageEndingWith("execve: EACCES (permission denied)");
    }

    @Test
    void aLongestIdIsTaken() throws Exception {
        String id = "x".repeat(255);
        runtime.create(id, bundle.options());
        runtime.start(id);
        runtime.delete(id, true);
    }

    @Test
    void aBundleThatIsNoDirectoryOrHasNoConfigurationIsRefused() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Path empty = Files.createDirectory(directory.resolve("empty"));
        for (Path none : List.of(file, empty, directory.resolve("none"), Path.of("/proc/self/fd"))) {
            assertRefused(none, "has no config.json");
        }
    }

    @Test
    void aConfigurationThatIsNoFileIsRefusedWithoutWaitingForIt() throws Exception {
        Path config = bundle.write().resolve("config.json");
        Files.delete(config);
        Files.createDirectory(config);
        assertRefused(bundle.directory(), "has no config.json");
        Files.delete(config);
        Files.createSymbolicLink(config, Path.of("/dev/zero"));
        assertRefused(bundle.directory(), "has no config.json");
        Files.delete(config);
        assertThat(new ProcessBuilder("mkfifo", config.toString()).start().waitFor())
                .isZero();
        assertRefused(bundle.directory(), "has no config.json");
        Files.delete(config);
        try (RandomAccessFile huge = new RandomAccessFile(config.toFile(), "rw")) {
            huge.setLength(1L << 40);
        }
        assertRefused(bundle.directory(), "more than 16777216 are refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "config.json", "../none", "/none", "rootfs/bin/busybox", "rootfs/etc/passwd/x"})
    void aRootThatIsNoDirectoryIsRefused(String path) throws Exception {
        bundle.set("root.path", path);
        assertRefused(bundle.write(), "there is no directory");
    }

    @Test
    void whatCannotBeWrittenOrReachedEndsTheContainerThatWasMade() throws Exception {
        bundle.set("process.args", List.of("/bin/sleep", "1000"));
        Path missing = directory.resolve("none");
        CreateOptions plain = bundle.options();
        assertThatThrownBy(() -> runtime.create(
                        bundle.id(),
                        new CreateOptions(
                                plain.bundle(),
                                Optional.of(missing.resolve("pid")),
                                Optional.empty(),
                                false,
                                false,
                                0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(missing.toString());
        bundle.set("process.terminal", true);
        Path socket = directory.resolve("no-socket");
        Path written = bundle.write();
        assertThatThrownBy(() -> runtime.create(
                        bundle.id(),
                        new CreateOptions(written, Optional.empty(), Optional.of(socket), false, false, 0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(socket.toString());
        assertNoneIsLeft();
    }

    private void assertRefused(Path path, String why) throws IOException {
        assertThatThrownBy(() -> runtime.create(bundle.id(), CreateOptions.of(path)))
                .isInstanceOf(OciException.class)
                .hasMessageContaining(why);
        assertNoneIsLeft();
    }

    /** Neither below the runtime's root nor in a group, as whatever ran would be. */
    private void assertNoneIsLeft() throws IOException {
        assertThat(runtime.list()).isEmpty();
        for (Path hierarchy : Hierarchies.detect().roots()) {
            assertThat(hierarchy.resolve("slipway-test")).doesNotExist();
        }
    }
}
