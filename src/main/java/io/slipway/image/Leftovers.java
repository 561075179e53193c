package io.slipway.image;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names for what is not finished yet, which carry the process that works on it (pid and start time), so that what a killed process left can be told
 * from what another one is writing right now.
 */
final class Leftovers {
    /** A download that was broken off, and the content's digest; the next attempt goes on with it. */
    static final String PARTIAL = ".part-";

    private static final Pattern NAME = Pattern.compile("\\.tmp-([0-9]+)-([0-9]+)-[0-9]+");
    private static final AtomicLong NEXT = new AtomicLong();
    private static final long PID = ProcessHandle.current().pid();
    private static final long STARTED = startedMs(ProcessHandle.current());

    private Leftovers() {}

    static Path newName(Path directory) {
        return directory.resolve(".tmp-" + PID + "-" + STARTED + "-" + NEXT.incrementAndGet());
    }

    /** Removes what processes that are gone left in a directory. */
    static void clean(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, ".tmp-*")) {
            for (Path entry : entries) {
                Matcher name = NAME.matcher(entry.getFileName().toString());
                if (name.matches() && !lives(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)))) {
                    remove(entry);
                }
            }
        }
    }

    /** Removes a file, or a directory with all below it, following no link. Does nothing if it is not there. */
    static void remove(Path path) throws IOException {
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                @SuppressWarnings("NullAway")
                public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    Files.delete(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // Gone already, which is what was wanted.
        }
    }

    private static boolean lives(long pid, long startedMs) {
        return ProcessHandle.of(pid).filter(p -> startedMs(p) == startedMs).isPresent();
    }

    private static long startedMs(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
