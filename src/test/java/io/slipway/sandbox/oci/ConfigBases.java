package io.slipway.sandbox.oci;

import static io.slipway.sandbox.oci.Bundle.map;
import static io.slipway.sandbox.oci.Bundle.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Configurations that run, with something of everything, so that each of it is changed at times. */
final class ConfigBases {
    static final String GROUP = "/slipway-fuzz/c";

    private ConfigBases() {}

    /** @param parent where bundles are made, of which only the form is taken */
    static List<byte[]> of(Path parent) throws IOException {
        List<byte[]> all = new ArrayList<>();
        for (Base base : List.<Base>of(ConfigBases::process, ConfigBases::mountsAndHooks, ConfigBases::ownIds)) {
            Bundle bundle = new Bundle(parent);
            bundle.set("linux.cgroupsPath", GROUP);
            base.fill(bundle);
            all.add(bundle.json());
        }
        return all;
    }

    private interface Base {
        void fill(Bundle bundle);
    }

    private static void process(Bundle bundle) {
        List<String> some = List.of("CAP_KILL", "CAP_NET_BIND_SERVICE");
        bundle.set(
                        "process.rlimits",
                        List.of(
                                map("type", "RLIMIT_NOFILE", "soft", 512, "hard", 1024),
                                map("type", "RLIMIT_CORE", "soft", 0, "hard", 0)))
                .set("process.oomScoreAdj", 10)
                .set("process.user", map("uid", 1000, "gid", 1000, "umask", 18, "additionalGids", List.of(1, 2)))
                .set("process.scheduler", map("policy", "SCHED_OTHER", "nice", 1))
                .set("process.ioPriority", map("class", "IOPRIO_CLASS_BE", "priority", 4))
                .set("process.capabilities.ambient", some)
                .set("process.capabilities.inheritable", some)
                .set("process.apparmorProfile", "unconfined")
                .set("process.selinuxLabel", "")
                .set("process.terminal", false)
                .set("process.consoleSize", map("width", 80, "height", 25))
                .set("process.cwd", "/tmp")
                .set("linux.personality", map("domain", "LINUX"))
                .set("linux.seccomp", seccomp());
    }

    private static Map<String, Object> seccomp() {
        return map(
                "defaultAction", "SCMP_ACT_ALLOW",
                "architectures", List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_AARCH64"),
                "flags", List.of("SECCOMP_FILTER_FLAG_LOG"),
                "syscalls",
                        List.of(
                                map("names", List.of("mount", "swapon"), "action", "SCMP_ACT_ERRNO", "errnoRet", 1),
                                map(
                                        "names", List.of("socket"),
                                        "action", "SCMP_ACT_ERRNO",
                                        "args",
                                                List.of(map(
                                                        "index",
                                                        0,
                                                        "value",
                                                        16,
                                                        "valueTwo",
                                                        0,
                                                        "op",
                                                        "SCMP_CMP_EQ")))));
    }

    private static void mountsAndHooks(Bundle bundle) {
        String hosts = "/etc/hostname";
        bundle.set("domainname", "example")
                .set("annotations", map("a", "b"))
                .set("hooks.createRuntime", List.of(map("path", "/bin/true", "timeout", 5)))
                .set(
                        "hooks.poststop",
                        List.of(map("path", "/bin/true", "args", List.of("true"), "env", List.of("A=B"))))
                .set(
                        "linux.devices",
                        List.of(map(
                                "path",
                                "/dev/x",
                                "type",
                                "c",
                                "major",
                                1,
                                "minor",
                                3,
                                "fileMode",
                                438,
                                "uid",
                                0,
                                "gid",
                                0)))
                .set("linux.sysctl", map("net.ipv4.ip_forward", "1"))
                .set("linux.rootfsPropagation", "private")
                .set("linux.mountLabel", "")
                .set("root.readonly", true)
                .set("linux.resources", resources())
                .addMount(mount("/etc/one", "bind", hosts, "bind", "ro", "nosuid", "rprivate"))
                .addMount(mount("/scratch", "tmpfs", "tmpfs", "size=1m", "mode=700"))
                .addMount(mount("/etc", "tmpfs", "tmpfs", "tmpcopyup", "ro"));
    }

    private static Map<String, Object> resources() {
        return map(
                "memory", map("limit", 64 << 20, "reservation", 32 << 20, "swap", 128 << 20, "disableOOMKiller", false),
                "cpu", map("shares", 512, "quota", 50_000, "period", 100_000, "burst", 0, "cpus", "0", "mems", "0"),
                "pids", map("limit", 20),
                "blockIO",
                        map(
                                "weight",
                                0,
                                "throttleReadBpsDevice",
                                List.of(map("major", 7, "minor", 0, "rate", 1 << 20))),
                "hugepageLimits", List.of(),
                "network", map("priorities", List.of()),
                "rdma", map(),
                "unified", map(),
                "devices",
                        List.of(
                                map("allow", false, "access", "rwm"),
                                map("allow", true, "type", "c", "major", 1, "minor", 3, "access", "rw")));
    }

    private static void ownIds(Bundle bundle) {
        Map<String, Object> ids = map("containerID", 0, "hostID", 100_000, "size", 65_536);
        bundle.set(
                        "linux.namespaces",
                        Bundle.namespaces("pid", "network", "ipc", "uts", "mount", "cgroup", "user", "time"))
                .set("linux.uidMappings", List.of(ids))
                .set("linux.gidMappings", List.of(ids))
                .set(
                        "linux.timeOffsets",
                        map("monotonic", map("secs", 60, "nanosecs", 0), "boottime", map("secs", 60, "nanosecs", 1)))
                .addMount(mount("/mapped", "bind", "rootfs/etc", "bind", "idmap"));
    }
}
