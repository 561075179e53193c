package io.slipway.bench;

import io.slipway.sandbox.IdRange;
import io.slipway.sandbox.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;

/** A scratch directory with the root that all contenders run: busybox, of which {@code /bin/true} is a name. */
record BenchRoot(Path work) implements AutoCloseable {
    static BenchRoot make() throws IOException {
        BenchRoot made = new BenchRoot(Files.createTempDirectory(
                "slipway-bench", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"))));
        Path root = made.root();
        for (String directory : List.of("bin", "proc", "sys", "dev", "etc")) {
            Files.createDirectories(root.resolve(directory));
        }
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (String name : List.of("true", "sleep")) {
            Files.createSymbolicLink(root.resolve("bin").resolve(name), Path.of("busybox"));
        }
        try (var all = Files.walk(root)) {
            for (Path path : all.filter(p -> !Files.isSymbolicLink(p)).toList()) {
                Files.setAttribute(path, "unix:uid", IdRange.DEFAULT.first());
                Files.setAttribute(path, "unix:gid", IdRange.DEFAULT.first());
            }
        }
        return made;
    }

    Path root() {
        return work.resolve("root");
    }

    Path state() {
        return work.resolve("state");
    }

    SandboxSpec spec(String... argv) {
        return SandboxSpec.of("x", List.of(root()), List.of(argv));
    }

    @Override
    public void close() throws IOException {
        delete(work);
    }

    static void delete(Path top) throws IOException {
        try (var all = Files.walk(top)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
