package io.slipway.sandbox.oci;

import io.slipway.sandbox.BusyboxRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A bundle of busybox whose config.json is the default of 'runc spec' without a terminal and may be changed before it is written. */
final class Bundle {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private final Path directory;
    private final Map<String, Object> config = new LinkedHashMap<>();
    private final String id = "oci-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();

    Bundle(Path parent) throws IOException {
        directory = Files.createDirectory(parent.resolve(id));
        BusyboxRoot.make(directory.resolve("rootfs"));
        Map<String, Object> process = map(
                "user", map("uid", 0, "gid", 0),
                "args", List.of("/bin/true"),
                "env", List.of("PATH=/bin:/usr/bin"),
                "cwd", "/",
                "noNewPrivileges", true);
        List<String> kept = List.of("CAP_AUDIT_WRITE", "CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_NET_BIND_SERVICE");
        process.put("capabilities", map("bounding", kept, "effective", kept, "permitted", kept));
        config.put("ociVersion", "1.2.0");
        config.put("process", process);
        config.put("root", map("path", "rootfs", "readonly", false));
        config.put("hostname", "slipway");
        config.put("mounts", mounts());
        config.put(
                "linux",
                map(
                        "cgroupsPath", "/slipway-test/" + id,
                        "namespaces", namespaces("pid", "network", "ipc", "uts", "mount", "cgroup"),
                        "maskedPaths", List.of("/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"),
                        "readonlyPaths", List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys")));
    }

    private static List<Object> mounts() {
        return new ArrayList<>(List.of(
                mount("/proc", "proc", "proc"),
                mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
                mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"),
                mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k"),
                mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
                mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
                mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro")));
    }

    static Map<String, Object> mount(String destination, String type, String source, String... options) {
        return map("destination", destination, "type", type, "source", source, "options", List.of(options));
    }

    static List<Object> namespaces(String... types) {
        List<Object> namespaces = new ArrayList<>();
        for (String type : types) {
            namespaces.add(map("type", type));
        }
        return namespaces;
    }

    static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    /** Sets a value at a path of names as {@code linux.sysctl}, making what is missing above it. */
    @SuppressWarnings("unchecked")
    Bundle set(String path, Object value) {
        Map<String, Object> at = config;
        String[] names = path.split("\\.");
        for (int i = 0; i < names.length - 1; i++) {
            at = (Map<String, Object>) at.computeIfAbsent(names[i], name -> new LinkedHashMap<>());
        }
        at.put(names[names.length - 1], value);
        return this;
    }

    Bundle without(String path) {
        int dot = path.lastIndexOf('.');
        Map<String, Object> at = dot < 0 ? config : section(path.substring(0, dot));
        at.remove(path.substring(dot + 1));
        return this;
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> section(String path) {
        Map<String, Object> at = config;
        for (String name : path.split("\\.")) {
            at = (Map<String, Object>) at.getOrDefault(name, new LinkedHashMap<>());
        }
        return at;
    }

    /** Runs a shell script; what it prints lands in {@link #output}. */
    Bundle script(String text) {
        return set("process.args", List.of("/bin/sh", "-c", "exec >/out 2>&1; " + text));
    }

    @SuppressWarnings("unchecked")
    Bundle addMount(Map<String, Object> mount) {
        ((List<Object>) config.getOrDefault("mounts", new ArrayList<>())).add(mount);
        return this;
    }

    Path write() throws IOException {
        Files.write(directory.resolve("config.json"), JsonDocument.write(config));
        return directory;
    }

    CreateOptions options() throws IOException {
        return CreateOptions.of(write());
    }

    byte[] json() {
        return JsonDocument.write(config);
    }

    String id() {
        return id;
    }

    Path directory() {
        return directory;
    }

    Path rootfs() {
        return directory.resolve("rootfs");
    }

    String output() throws IOException {
        return Files.readString(rootfs().resolve("out"));
    }
}
