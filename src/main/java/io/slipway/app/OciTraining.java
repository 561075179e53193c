package io.slipway.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Prepares fast starts of {@code slipway oci}; called by the launcher, in the background, once per build.
 *
 * <p>{@code prepare DIRECTORY} writes a jar of only what it needs, as the JVM's logging looks into every jar of the class path, and unpacks the native
 * part of JNA, which would otherwise be unpacked at each start. {@code train}, from that jar, does what the commands do, so that the JVM can write down
 * what was loaded (JEP 514): a container is made up to the moment at which its program is found missing, and taken away again.
 */
public final class OciTraining {
    private static final String CONFIG = """
        {"ociVersion": "1.2.0", "hostname": "training", "root": {"path": "rootfs"},
         "process": {"args": ["/nothing"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0},
           "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"]},
           "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 1024, "hard": 1024}], "noNewPrivileges": true},
         "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
           {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
           {"destination": "/etc/hosts", "type": "bind", "source": "/etc/hosts", "options": ["rbind", "ro"]},
           {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["ro"]}],
         "linux": {"resources": {"memory": {"limit": 67108864}, "devices": [{"allow": false, "access": "rwm"}]},
           "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}, {"type": "network"}],
           "seccomp": {"defaultAction": "SCMP_ACT_ALLOW"},
           "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"]}}
        """;

    private OciTraining() {}

    public static void main(String[] args) throws IOException {
        if (args[0].equals("prepare")) {
            Path directory = Files.createDirectories(Path.of(args[1]));
            unpackNative(directory);
            OciJar.write(directory.resolve("slipway-oci.jar"));
        } else {
            train();
        }
    }

    private static void train() throws IOException {
        Path work = Files.createTempDirectory("slipway-training");
        try {
            Files.createDirectories(work.resolve("bundle/rootfs"));
            Files.writeString(work.resolve("bundle/config.json"), CONFIG);
            String root = work.resolve("state").toString();
            String bundle = work.resolve("bundle").toString();
            String id = "training-" + ProcessHandle.current().pid();
            run("--root", root, "create", "--bundle", bundle, "--pid-file", work + "/pid", id);
            run("--root", root, "state", id);
            run("--root", root, "list");
            run("features");
            run("--root", root, "delete", "--force", id);
        } finally {
            try (var all = Files.walk(work)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static void run(String... words) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        OciMain.run(InputStream.nullInputStream(), nowhere, nowhere, List.of(words));
    }

    private static void unpackNative(Path directory) throws IOException {
        String machine = System.getProperty("os.arch").equals("amd64") ? "linux-x86-64" : "linux-aarch64";
        String resource = "/com/sun/jna/" + machine + "/libjnidispatch.so";
        try (InputStream library = OciTraining.class.getResourceAsStream(resource)) {
            if (library != null) {
                Files.write(directory.resolve("libjnidispatch.so"), library.readAllBytes());
            }
        }
    }
}
