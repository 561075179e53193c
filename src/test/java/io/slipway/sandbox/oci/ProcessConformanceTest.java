package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The specification's process, root and mounts (config.md); src/docs/oci-conformance.md says which file of runtime-tools each test stands for. */
class ProcessConformanceTest extends ContainerRun {
    @Test
    void theDefaultContainerHasWhatEveryContainerHas() throws Exception {
        String told =
                told("for l in fd stdin stdout stderr ptmx; do readlink -v /dev/$l 2>/dev/null || ls -l /dev/$l; done; "
                        + "for d in null zero full random urandom tty; do [ -c /dev/$d ] || echo no $d; done; "
                        + "cat /proc/self/mounts; pwd; id -u");
        assertThat(told)
                .contains("/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2", "pts/ptmx")
                .doesNotContain("no ")
                .contains("proc /proc proc", "tmpfs /dev tmpfs", "devpts /dev/pts devpts", "mqueue /dev/mqueue mqueue");
    }

    @Test
    void aProcessHasItsArgumentsEnvironmentAndDirectory() throws Exception {
        bundle.set("process.cwd", "/made/for it").set("process.env", List.of("PATH=/bin", "A=1", "B=two words", "A=2"));
        assertThat(told("pwd; echo $B; env | grep -c ^A")).isEqualTo("/made/for it\ntwo words\n1\n");
    }

    @Test
    void argumentsReachItAsTheyAre() throws Exception {
        bundle.set(
                "process.args",
                List.of("/bin/sh", "-c", "printf '%s|' \"$@\" > /out", "sh", "a b", "", "$c", "\\", "ä"));
        run();
        assertThat(bundle.output()).isEqualTo("a b||$c|\\|ä|");
    }

    @Test
    void eachSetOfCapabilitiesIsAsItIsWritten() throws Exception {
        List<String> three = List.of("CAP_NET_ADMIN", "CAP_DAC_OVERRIDE", "CAP_KILL");
        List<String> two = List.of("CAP_NET_ADMIN", "CAP_KILL");
        bundle.set(
                "process.capabilities",
                Bundle.map(
                        "bounding",
                        three,
                        "permitted",
                        three,
                        "effective",
                        three,
                        "inheritable",
                        two,
                        "ambient",
                        List.of("CAP_KILL")));
        bundle.set("process.noNewPrivileges", false);
        String expected = "CapInh:\t0000000000001020\nCapPrm:\t0000000000001022\nCapEff:\t0000000000001022\n"
                + "CapBnd:\t0000000000001022\nCapAmb:\t0000000000000020\nNoNewPrivs:\t0\n";
        assertThat(told("grep -E 'Cap|NoNew' /proc/self/status")).isEqualTo(expected);
    }

    @Test
    void anotherUserKeepsOnlyItsAmbientCapabilities() throws Exception {
        List<String> kill = List.of("CAP_KILL");
        bundle.set("process.user", Bundle.map("uid", 1000, "gid", 1000))
                .set(
                        "process.capabilities",
                        Bundle.map(
                                "bounding",
                                kill,
                                "permitted",
                                kill,
                                "effective",
                                kill,
                                "inheritable",
                                kill,
                                "ambient",
                                kill))
                .set("process.args", List.of("/bin/sh", "-c", "grep Cap /proc/self/status > /tmp/caps"));
        Files.setPosixFilePermissions(
                bundle.rootfs().resolve("tmp"), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(run()).isZero();
        assertThat(Files.readString(bundle.rootfs().resolve("tmp/caps"))).contains("CapEff:\t0000000000000020");
    }

    @Test
    void aCapabilityThatNoKernelHasIsAnErrorOf10AndAWarningSince11() throws Exception {
        bundle.set("process.capabilities.bounding", List.of("CAP_TEST", "CAP_DAC_OVERRIDE"))
                .set("ociVersion", "1.0.2");
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("process.capabilities.bounding[0] is \"CAP_TEST\"");
        bundle.set("ociVersion", "1.2.0");
        bundle.set("process.capabilities.effective", List.of()).set("process.capabilities.permitted", List.of());
        runtime.create(bundle.id(), bundle.options());
        assertThat(warnings).singleElement().asString().contains("CAP_TEST");
    }

    @Test
    void theScoreOfTheOomKillerIsAsItIsWritten() throws Exception {
        bundle.set("process.oomScoreAdj", 345);
        assertThat(told("cat /proc/self/oom_score_adj")).isEqualTo("345\n");
        assertThat(Files.readString(Path.of("/proc/self/oom_score_adj"))).isNotEqualTo("345\n");
    }

    @Test
    void resourceLimitsAreAsTheyAreWritten() throws Exception {
        bundle.set(
                "process.rlimits",
                List.of(
                        Bundle.map("type", "RLIMIT_NOFILE", "soft", 512, "hard", 1024),
                        Bundle.map("type", "RLIMIT_CORE", "soft", 0, "hard", 0),
                        Bundle.map("type", "RLIMIT_AS", "soft", 1L << 31, "hard", 1L << 32)));
        assertThat(told("cat /proc/self/limits | grep -E 'open files|core|address'")
                        .replaceAll(" +", " "))
                .contains(
                        "Max core file size 0 0", "Max open files 512 1024", "Max address space 2147483648 4294967296");
    }

    @Test
    void aLimitThatNoKernelHasIsAnError() throws Exception {
        bundle.set("process.rlimits", List.of(Bundle.map("type", "RLIMIT_TEST", "soft", 1024, "hard", 1024)));
        assertThatThrownBy(() -> runtime.create(bundle.id(), bundle.options()))
                .hasMessageContaining("process.rlimits[0].type is \"RLIMIT_TEST\"; name one of RLIMIT_CPU");
    }

    @Test
    void theUserHasItsGroupsAndItsMask() throws Exception {
        Files.setPosixFilePermissions(
                bundle.rootfs().resolve("tmp"), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        bundle.set("process.user", Bundle.map("uid", 10, "gid", 20, "additionalGids", List.of(5, 6), "umask", 2))
                .set("process.args", List.of("/bin/sh", "-c", "{ id -u; id -g; id -G; umask; } > /tmp/id"));
        assertThat(run()).isZero();
        assertThat(Files.readString(bundle.rootfs().resolve("tmp/id"))).isEqualTo("10\n20\n20 5 6\n0002\n");
    }

    @Test
    void aReadOnlyRootCannotBeWritten() throws Exception {
        bundle.set("root.readonly", true)
                .set("process.args", List.of("/bin/sh", "-c", "echo x > /x; echo y > /dev/shm/y && exit 3"));
        assertThat(run()).isEqualTo(3);
        assertThat(bundle.rootfs().resolve("x")).doesNotExist();
    }

    @Test
    void theHostsNameIsAsItIsWritten() throws Exception {
        bundle.set("hostname", "hostname-specific").set("domainname", "domain.example");
        assertThat(told("hostname; cat /proc/sys/kernel/domainname")).isEqualTo("hostname-specific\ndomain.example\n");
    }

    @Test
    void mountsAreMadeInTheirOrderWithTheirOptions() throws Exception {
        Files.createDirectory(directory.resolve("shared"));
        Files.writeString(directory.resolve("shared/file"), "of the host");
        bundle.addMount(Bundle.mount("/tmp", "tmpfs", "tmpfs", "nosuid", "nodev", "noexec", "mode=1777", "size=1m"))
                .addMount(Bundle.mount(
                        "/tmp/a/b", "bind", directory.resolve("shared").toString(), "rbind", "ro", "nosuid"))
                .addMount(Bundle.mount(
                        "/etc/one", "none", directory.resolve("shared/file").toString(), "bind", "ro"));
        String told = told(
                "grep -E ' /(tmp|etc)' /proc/self/mounts; cat /tmp/a/b/file /etc/one; echo > /tmp/a/b/new || echo refused");
        assertThat(told)
                .contains(
                        "tmpfs /tmp tmpfs rw,nosuid,nodev,noexec,relatime,size=1024k",
                        "of the hostof the host",
                        "refused")
                .containsPattern("/tmp/a/b .* ro,nosuid");
    }

    @Test
    void aTmpfsBeginsWithWhatLiesThereWhenItIsToldTo() throws Exception {
        Path etc = bundle.rootfs().resolve("etc");
        Files.createDirectory(etc.resolve("deep"));
        Files.writeString(etc.resolve("deep/file"), "kept");
        Files.createSymbolicLink(etc.resolve("link"), Path.of("/nowhere"));
        Path endless = etc.resolve("endless");
        assertThat(new ProcessBuilder("mknod", endless.toString(), "c", "1", "5")
                        .start()
                        .waitFor())
                .isZero();
        bundle.addMount(Bundle.mount("/etc", "tmpfs", "tmpfs", "tmpcopyup", "mode=755", "nosuid"));
        String told = told(
                "cat /etc/deep/file; readlink /etc/link || ls -l /etc/link; stat -c %u /etc/passwd; test -e /etc/endless || echo left out; echo changed > /etc/deep/file");
        assertThat(told).contains("kept", "/nowhere", "100000", "left out");
        assertThat(etc.resolve("deep/file")).hasContent("kept");
    }

    @Test
    void aProgramThatIsNoProgramIsToldAtTheStart() throws Exception {
        Path script = bundle.rootfs().resolve("bin/script");
        Files.writeString(script, "#!/no/such/interpreter\n");
        Files.setPosixFilePermissions(script, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        bundle.set("process.args", List.of("script"));
        runtime.create(bundle.id(), bundle.options());
        assertThatThrownBy(() -> runtime.start(bundle.id()))
                .hasMessageContaining("'script' is there but cannot be executed");
        assertThat(status()).isEqualTo("stopped");
    }

    @Test
    void theHomeDirectoryIsTheUsers() throws Exception {
        assertThat(told("echo $HOME")).isEqualTo("/root\n");
        runtime.delete(bundle.id(), false);
        bundle.set("process.env", List.of("PATH=/bin", "HOME=/given"));
        assertThat(told("echo $HOME")).isEqualTo("/given\n");
    }

    @Test
    void theSchedulerAndPriorityAreAsTheyAreWritten() throws Exception {
        bundle.set("process.scheduler", Bundle.map("policy", "SCHED_BATCH", "nice", 5))
                .set("process.ioPriority", Bundle.map("class", "IOPRIO_CLASS_IDLE", "priority", 7));
        // proc_pid_stat(5): field 19 is the nice value, 41 the policy.
        assertThat(told("cut -d' ' -f19,41 /proc/self/stat")).isEqualTo("5 3\n");
    }
}
