package io.slipway.sandbox.learn;

import io.slipway.linux.Syscalls;
import io.slipway.sandbox.IdRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The root file system of a demonstration: the host's busybox, a set-uid copy of it as {@code su}, and two users. */
final class PracticeRoot {
    private static final List<Path> BUSYBOX =
            List.of(Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"), Path.of("/bin/busybox.static"));
    private static final List<String> APPLETS = List.of(
            "sh",
            "cat",
            "cut",
            "dd",
            "echo",
            "grep",
            "head",
            "hostname",
            "id",
            "ip",
            "ls",
            "mkdir",
            "mount",
            "ps",
            "readlink",
            "seq",
            "sleep",
            "sort",
            "tail",
            "touch",
            "tr",
            "true",
            "unshare",
            "wc");
    private static final int PT_INTERP = 3;

    private PracticeRoot() {}

    static Path make(Path root) throws IOException {
        Path busybox = busybox();
        for (String directory : List.of("bin", "dev", "etc", "proc", "sys", "tmp")) {
            Files.createDirectories(root.resolve(directory));
        }
        Files.copy(busybox, root.resolve("bin/busybox"));
        Files.copy(busybox, root.resolve("bin/su"));
        for (String applet : APPLETS) {
            Files.createSymbolicLink(root.resolve("bin/" + applet), Path.of("busybox"));
        }
        Files.writeString(root.resolve("etc/passwd"), "root::0:0:root:/:/bin/sh\nweb:x:1000:1000:web:/:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\nweb:x:1000:\n");
        give(root);
        Files.setPosixFilePermissions(root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
        // java.nio knows no name for set-uid.
        Files.setAttribute(root.resolve("bin/su"), "unix:mode", 04755);
        return root;
    }

    private static void give(Path root) throws IOException {
        int first = IdRange.DEFAULT.first();
        try (var all = Files.walk(root)) {
            for (Path path : all.filter(p -> !Files.isSymbolicLink(p)).toList()) {
                Syscalls.chown(path, first, first);
            }
        }
    }

    /** One that needs no other file. */
    private static Path busybox() throws IOException {
        for (Path path : BUSYBOX) {
            if (Files.isExecutable(path) && isStatic(Files.readAllBytes(path))) {
                return path;
            }
        }
        throw new IOException("the demonstrations need a static busybox on this host, and there is none. "
                + "Install one, e.g. apt-get install busybox-static");
    }

    /** By its program headers (elf(5)): one with an interpreter needs libraries. */
    private static boolean isStatic(byte[] file) {
        ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < 64 || elf.getInt(0) != 0x464c457f) {
            return false;
        }
        int table = (int) elf.getLong(32);
        int bytes = elf.getShort(54);
        for (int i = 0; i < elf.getShort(56); i++) {
            if (elf.getInt(table + i * bytes) == PT_INTERP) {
                return false;
            }
        }
        return true;
    }

    /** Links are not followed. */
    static void delete(Path top) throws IOException {
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @org.jspecify.annotations.Nullable IOException e)
                    throws IOException {
                Files.deleteIfExists(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
