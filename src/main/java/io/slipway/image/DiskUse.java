package io.slipway.image;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** How many bytes of a disk a file or a tree takes, about: whole blocks of 4 KiB, a file with several names once. */
final class DiskUse {
    private static final long BLOCK_BYTES = 4096;

    private DiskUse() {}

    static long of(Path path) throws IOException {
        Set<Object> seen = new HashSet<>();
        long[] total = {0};
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Map<String, Object> more = Files.readAttributes(file, "unix:nlink,size,ino", LinkOption.NOFOLLOW_LINKS);
                boolean several = ((Number) more.getOrDefault("nlink", 1)).longValue() > 1;
                if (!several || seen.add(more.getOrDefault("ino", 0L))) {
                    total[0] += blocks(attributes.size());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                total[0] += BLOCK_BYTES;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        return total[0];
    }

    private static long blocks(long size) {
        return (size + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }
}
