package io.slipway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An OCI bundle over the root: {@code minimal}, {@code full} or {@code full + user namespace}. */
record Bundle(Path directory) {
    private static final String CAPABILITIES = "\"CAP_CHOWN\",\"CAP_DAC_OVERRIDE\",\"CAP_FOWNER\",\"CAP_FSETID\",\"CAP_KILL\",\"CAP_SETGID\","
            + "\"CAP_SETUID\",\"CAP_SETPCAP\",\"CAP_NET_BIND_SERVICE\",\"CAP_SYS_CHROOT\",\"CAP_SETFCAP\"";
    private static final String MAPS = ",\"uidMappings\":[{\"containerID\":0,\"hostID\":100000,\"size\":65536}],"
            + "\"gidMappings\":[{\"containerID\":0,\"hostID\":100000,\"size\":65536}]";
    private static final String LIMITS =
            ",\"resources\":{\"memory\":{\"limit\":134217728},\"cpu\":{\"quota\":100000,\"period\":100000},\"pids\":{\"limit\":64}},"
                    + "\"maskedPaths\":[\"/proc/acpi\",\"/proc/interrupts\",\"/proc/keys\",\"/proc/timer_list\",\"/sys/firmware\"],"
                    + "\"readonlyPaths\":[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\"]";

    static Bundle make(BenchRoot bench, String name, String kind) throws IOException {
        return make(bench, name, kind, "/bin/true");
    }

    static Bundle make(BenchRoot bench, String name, String kind, String... argv) throws IOException {
        Path directory = Files.createDirectories(bench.work().resolve("bundles")
                .resolve(name.replace(' ', '-') + "-" + kind.replace(" + ", "-").replace(' ', '-') + argv.length));
        boolean full = !kind.equals("minimal");
        boolean user = kind.contains("user");
        String namespaces = "\"pid\",\"network\",\"ipc\",\"uts\",\"mount\"" + (full ? ",\"cgroup\"" : "") + (user ? ",\"user\"" : "");
        String config = """
            {"ociVersion":"1.0.2","root":{"path":"%s"},"hostname":"bench",
             "process":{"user":{"uid":0,"gid":0},"args":["%6$s"],"env":["PATH=/bin"],"cwd":"/","noNewPrivileges":true,
              "capabilities":{"bounding":[%5$s],"effective":[%5$s],"permitted":[%5$s]}},
             "mounts":[{"destination":"/proc","type":"proc","source":"proc"},
              {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","mode=755","size=65536k"]},
              {"destination":"/dev/pts","type":"devpts","source":"devpts","options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620"]},
              {"destination":"/dev/shm","type":"tmpfs","source":"shm","options":["nosuid","noexec","nodev","mode=1777","size=65536k"]},
              {"destination":"/dev/mqueue","type":"mqueue","source":"mqueue","options":["nosuid","noexec","nodev"]},
              {"destination":"/sys","type":"sysfs","source":"sysfs","options":["nosuid","noexec","nodev","ro"]}],
             "linux":{"cgroupsPath":"/slipway-bench-%2$s","namespaces":[%3$s]%4$s}}
            """.formatted(
                        bench.root(),
                        directory.getFileName(),
                        namespaces.replaceAll("\"([a-z]+)\"", "{\"type\":\"$1\"}"),
                        (user ? MAPS : "") + (full ? LIMITS : ""),
                        CAPABILITIES,
                        String.join("\",\"", argv));
        Files.writeString(directory.resolve("config.json"), config);
        return new Bundle(directory);
    }
}
