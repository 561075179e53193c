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

/**
 * Copies a directory of a root file system, with owners, modes, times and attributes, into a file system of memory ({@code tmpcopyup}). That memory is
 * the host's, outside the container's limit, so what an image can have copied is bounded; and what is neither file, directory nor link is left out: to
 * copy a device is to read it, and /dev/zero has no end.
 */
final class CopyUp {
    private static final long BYTES_MAX = 256L << 20;
    /** About what a file takes of the kernel's memory beside its content. */
    private static final long BYTES_PER_FILE = 1024;

    private final Descriptor rootfs;
    private long left = BYTES_MAX;

    CopyUp(Descriptor rootfs) {
        this.rootfs = rootfs;
    }

    /** Does nothing where the root has no such directory. */
    void copy(String destination, Descriptor to) throws IOException {
        try (Descriptor source = Syscalls.openWithin(rootfs, destination, Syscalls.O_PATH | Syscalls.O_DIRECTORY)) {
            // By descriptors: what lies in the way may be changed meanwhile, and links of the image mean its own root.
            copy(destination, Path.of("/proc/self/fd/" + source.number()), Path.of("/proc/self/fd/" + to.number()));
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                throw e;
            }
        }
    }

    private void take(BasicFileAttributes attributes, String destination) throws OciException {
        left -= BYTES_PER_FILE + (attributes.isRegularFile() ? Math.min(attributes.size(), BYTES_MAX) : 0);
        if (left < 0) {
            throw new OciException(
                    "tmpcopyup on " + destination + " would copy more than 256 MiB of the root file system"
                            + " into memory; leave tmpcopyup out, or mount a volume there that holds the files");
        }
    }

    private void copy(String destination, Path from, Path to) throws IOException {
        Path source = from.resolve(".");
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!directory.equals(source)) {
                    copyOne(directory, attributes);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!attributes.isOther()) {
                    copyOne(file, attributes);
                }
                return FileVisitResult.CONTINUE;
            }

            private void copyOne(Path path, BasicFileAttributes attributes) throws IOException {
                take(attributes, destination);
                Files.copy(
                        path,
                        to.resolve(source.relativize(path).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
            }
        });
    }
}
