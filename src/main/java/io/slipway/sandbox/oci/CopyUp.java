package io.slipway.sandbox.oci;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Copies a directory of a root file system, with owners, modes, times and attributes, into a file system of memory ({@code tmpcopyup}). */
final class CopyUp {
    private final Descriptor rootfs;

    CopyUp(Descriptor rootfs) {
        this.rootfs = rootfs;
    }

    /** Does nothing where the root has no such directory. */
    void copy(String destination, Descriptor to) throws IOException {
        try (Descriptor source = Syscalls.openWithin(rootfs, destination, Syscalls.O_PATH | Syscalls.O_DIRECTORY)) {
            // By descriptors: what lies in the way may be changed meanwhile, and links of the image mean its own root.
            copy(Path.of("/proc/self/fd/" + source.number()), Path.of("/proc/self/fd/" + to.number()));
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                throw e;
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Path source = from.resolve(".");
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!directory.equals(source)) {
                    copyOne(directory);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                copyOne(file);
                return FileVisitResult.CONTINUE;
            }

            private void copyOne(Path path) throws IOException {
                Files.copy(
                        path,
                        to.resolve(source.relativize(path).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
            }
        });
    }
}
