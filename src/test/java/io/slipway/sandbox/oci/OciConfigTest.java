package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of a config.json, and how what cannot be used is refused: by its path, its value, and what would be right. */
class OciConfigTest {
    @TempDir
    Path directory;

    private Bundle bundle;

    @BeforeEach
    void make() throws Exception {
        bundle = new Bundle(directory);
    }

    private BundleConfig parsed() throws Exception {
        return BundleConfig.parse(bundle.json());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ociVersion | 2.0.0 | ociVersion is \"2.0.0\"; this runtime reads 1.0.0 to 1.x",
                "ociVersion | 1.0 | ociVersion is \"1.0\"; write a version as \"1.3.0\" (semver 2.0.0)",
                "hostname | 7 | hostname is 7; give a string",
                "process.cwd | relative | process.cwd is \"relative\"; give an absolute path",
                "process.noNewPrivileges | yes | process.noNewPrivileges is \"yes\"; give true or false",
                "process.oomScoreAdj | 1001 | process.oomScoreAdj is 1001; give a whole number from -1000 to 1000",
                "process.selinuxLabel | a:b:c | process.selinuxLabel is \"a:b:c\"; SELinux is not supported: remove it",
                "process.apparmorProfile | mine | process.apparmorProfile is \"mine\"; AppArmor is not supported: remove it, or write \"unconfined\"",
                "process.user.uid | 1.5 | process.user.uid is 1.5; give a whole number from 0 to 4294967294",
                "linux.netDevices | 7 | linux.netDevices is 7; give an object",
                "linux.mountLabel | a:b | linux.mountLabel is \"a:b\"; SELinux is not supported; remove it",
                "linux.rootfsPropagation | sharing | linux.rootfsPropagation is \"sharing\"; name one of private, rprivate, rshared, rslave, runbindable, shared, slave, unbindable",
                "linux.maskedPaths | /x | linux.maskedPaths is \"/x\"; give a list",
                "linux.resources.pids | 5 | linux.resources.pids is 5; give an object",
                "root.path | '' | root.path is \"\"; name the directory of the root file system, as \"rootfs\"",
            })
    void aValueThatCannotBeUsedIsNamedWithItsPathAndWhatWouldBeRight(String path, String value, String message) {
        bundle.set(
                path,
                value.matches("-?[0-9.]*[0-9]") && !path.equals("ociVersion")
                        ? new java.math.BigDecimal(value)
                        : value);
        assertThatThrownBy(this::parsed).isInstanceOf(ConfigException.class).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "linux.intelRdt | closID | resource control by Intel RDT is not supported; remove it",
                "linux.netDevices | eth0 | network devices of the host are not moved into containers; remove it, and move them in a hook",
                "linux.memoryPolicy | mode | policies of NUMA memory are not supported; remove it, and name the nodes in linux.resources.cpu.mems, or start the program by numactl(8)",
                "vm | kernel | containers are not run in virtual machines, and would be less confined than asked for; remove it, or name a runtime that does",
            })
    void aSectionThatNothingIsDoneForIsRefusedByNameWithWhatToDoInstead(String path, String inside, String fix) {
        bundle.set(path, Bundle.map(inside, Bundle.map("path", "/x")));
        assertThatThrownBy(this::parsed).isInstanceOf(ConfigException.class).hasMessage(path + " is an object; " + fix);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/../x", "/dev/./x", "/dev//x", "/dev/x/", "/", "/.."})
    void aDeviceIsNamedInOneWayOnly(String path) {
        bundle.set("linux.devices", List.of(Bundle.map("path", path, "type", "c", "major", 1, "minor", 3)));
        assertThatThrownBy(this::parsed)
                .isInstanceOf(ConfigException.class)
                .hasMessage("linux.devices[0].path is \"" + path
                        + "\"; write it without '.', '..', double slashes and one at the end, as /dev/fuse");
    }

    @ParameterizedTest
    @ValueSource(strings = {"initial", "final"})
    void cpusOfWhatJoinsAreRefusedByName(String when) {
        bundle.set("process.execCPUAffinity", Bundle.map(when, "0-1"));
        assertThatThrownBy(this::parsed)
                .hasMessageStartingWith(
                        "process.execCPUAffinity." + when + " is \"0-1\"; cpus of what joins are not set")
                .hasMessageContaining("linux.resources.cpu.cpus");
    }

    /** What says nothing asks for nothing, and other platforms' sections are not for this one (config.md, "Platforms", "Extensibility"). */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "linux.netDevices",
                "linux.memoryPolicy",
                "process.execCPUAffinity",
                "vm",
                "windows",
                "solaris",
                "zos",
                "freebsd",
                "linux.notOfThisVersion"
            })
    void emptySectionsAndThoseOfOtherPlatformsArePassedOver(String path) throws Exception {
        bundle.set(path, Bundle.map());
        assertThat(parsed().process()).isPresent();
        if (!path.startsWith("linux.netD")
                && !path.startsWith("linux.mem")
                && !path.startsWith("process")
                && !path.equals("vm")) {
            bundle.set(path, Bundle.map("any", "thing"));
            assertThat(parsed().process()).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{} {}",
                "{\"ociVersion\": \"1.2.0\", \"ociVersion\": \"1.2.0\"}",
                "{\"a\": 1e",
                "\u0000",
                "{\"ociVersion\":\"1.0.0\",}"
            })
    void whatIsNotOneJsonObjectIsRefusedWithThePlace(String text) {
        assertThatThrownBy(() -> BundleConfig.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(OciException.class)
                .message()
                .startsWith("config.json is not ")
                .doesNotContain("REDACTED", "Source");
    }

    @Test
    void aDocumentThatIsNestedTooDeeplyIsRefused() {
        String deep = "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000);
        assertThatThrownBy(() -> BundleConfig.parse(deep.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(OciException.class)
                .hasMessageContaining("64");
    }

    @Test
    void whatIsWrongInADocumentIsToldByItsPlaceAndNeverByWhatMayBeASecret() {
        String cut = "{\"process\": {\"env\": [\"TOKEN=s3cr3t\", \"KEY=s3cr3t";
        assertThatThrownBy(() -> BundleConfig.parse(cut.getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("config.json is not valid JSON in line 1, column")
                .hasMessageContaining("near process.env[1]: it ends before its end")
                .hasMessageNotContaining("s3cr3t");
        bundle.set("process.env", List.of("s3cr3t"));
        assertThatThrownBy(this::parsed).hasMessage("process.env[0] is a text of 6 characters; write NAME=value");
    }

    @Test
    void aMissingVersionIsSaidToBeMissing() {
        bundle.without("ociVersion");
        assertThatThrownBy(this::parsed).hasMessage("ociVersion is missing; give a string");
    }

    @Test
    void theOptionsOfAMountAreTakenApart() throws Exception {
        bundle.set(
                "mounts",
                List.of(
                        Bundle.mount(
                                "data/../data2/",
                                "none",
                                "/srv",
                                "rbind",
                                "rro",
                                "nosuid",
                                "suid",
                                "noexec",
                                "noatime",
                                "rslave",
                                "acl"),
                        Bundle.mount(
                                "/tmp", "tmpfs", "tmpfs", "ro", "rw", "sync", "size=1m", "mode=700", "tmpcopyup")));
        List<MountConfig> mounts = parsed().mounts();
        MountConfig first = mounts.getFirst();
        assertThat(first.destination()).isEqualTo("/data2");
        assertThat(first.bind() && first.bindBelow()).isTrue();
        assertThat(first.recursive()).isEqualTo(new MountConfig.Attributes(MountOption.RDONLY, 0));
        // The later of nosuid and suid counts; a time of access clears its whole field.
        assertThat(first.attributes())
                .isEqualTo(new MountConfig.Attributes(MountOption.NOEXEC | 0x10, MountOption.NOSUID | 0x70));
        assertThat(first.propagation()).isEqualTo(MountOption.MS_SLAVE | MountOption.MS_REC);
        MountConfig second = mounts.get(1);
        assertThat(second.flags()).isEqualTo(16);
        assertThat(second.data()).isEqualTo("size=1m,mode=700");
        assertThat(second.copyUp()).isTrue();
    }

    @Test
    void resourcesAreWrittenForBothVersions() throws Exception {
        bundle.set(
                "linux.resources",
                Bundle.map(
                        "memory", Bundle.map("limit", 1000, "swap", 1500),
                        "cpu", Bundle.map("shares", 1024, "quota", 5000, "period", 10_000),
                        "pids", Bundle.map("limit", -1),
                        "unified", Bundle.map("memory.high", "900")));
        assertThat(parsed().linux().resources().settings().stream()
                        .map(s -> (s.unified() ? "2 " : "1 ") + s.files().getFirst() + "=" + s.value()))
                .containsExactly(
                        "1 memory.limit_in_bytes=1000",
                        "2 memory.max=1000",
                        "1 memory.memsw.limit_in_bytes=1500",
                        "2 memory.swap.max=500",
                        "1 cpu.shares=1024",
                        "2 cpu.weight=39",
                        "1 cpu.cfs_period_us=10000",
                        "1 cpu.cfs_quota_us=5000",
                        "2 cpu.max=5000 10000",
                        "1 pids.max=max",
                        "2 pids.max=max",
                        "2 memory.high=900");
    }

    @Test
    void aClockIsSetOnlyInATimeNamespace() {
        bundle.set("linux.timeOffsets", Bundle.map("monotonic", Bundle.map("secs", 5)));
        assertThatThrownBy(this::parsed).hasMessageContaining("add {\"type\": \"time\"}");
    }

    @Test
    void aNetworkDeviceThatItWouldLackIsRefused() throws Exception {
        bundle.set("linux.netDevices", Bundle.map());
        parsed();
        bundle.set("linux.netDevices", Bundle.map("eth1", Bundle.map()));
        assertThatThrownBy(this::parsed).hasMessageContaining("linux.netDevices", "move them in a hook");
    }

    @Test
    void capabilitiesThatCannotBeGivenAreLeftOutWithAWarning() {
        CapabilityConfig wanted = new CapabilityConfig(0b111, 0b111, 0b111, 0b100, 0b100, List.of());
        List<String> warnings = new ArrayList<>();
        CapabilityConfig given = HeldCapabilities.within(wanted, 0b011, warnings::add);
        assertThat(given).isEqualTo(new CapabilityConfig(0b111, 0b011, 0b011, 0, 0, List.of()));
        assertThat(warnings).singleElement().asString().contains("CAP_DAC_READ_SEARCH", "left out");
    }
}
