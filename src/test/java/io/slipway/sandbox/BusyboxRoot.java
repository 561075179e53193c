package io.slipway.sandbox;

import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A root file system of busybox alone, owned by the default id range. */
public final class BusyboxRoot {
    private static final List<String> APPLETS = List.of(
            "sh",
            "true",
            "false",
            "sleep",
            "cat",
            "echo",
            "id",
            "ps",
            "ls",
            "mount",
            "hostname",
            "ip",
            "head",
            "tail",
            "dd",
            "kill",
            "touch",
            "stat",
            "env",
            "pwd",
            "nslookup",
            "grep",
            "wc",
            "mkdir",
            "chmod",
            "mknod",
            "umount",
            "seq",
            "cp",
            "rm",
            "nc",
            "chown",
            "readlink",
            "stty");

    private BusyboxRoot() {}

    /** Makes it at a directory, which must not be there yet. */
    public static Path make(Path root) throws IOException {
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("etc"));
        Files.createDirectories(root.resolve("tmp"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (String applet : APPLETS) {
            Files.createSymbolicLink(root.resolve("bin/" + applet), Path.of("busybox"));
        }
        Files.writeString(
                root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000:web:/srv:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\nweb:x:1000:\nlogs:x:2000:web\n");
        own(root);
        return root;
    }

    /** Gives all of it to the range's root. */
    static void own(Path root) throws IOException {
        try (var all = Files.walk(root)) {
            for (Path path : all.filter(p -> !Files.isSymbolicLink(p)).toList()) {
                Syscalls.chown(path, IdRange.DEFAULT.first(), IdRange.DEFAULT.first());
            }
        }
    }
}
