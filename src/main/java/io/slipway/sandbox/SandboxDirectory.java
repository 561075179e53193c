package io.slipway.sandbox;

import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Where one container's files lie. */
record SandboxDirectory(Path path) {
    /** No container has such an id. */
    private static final String ASIDE = ".removed-";

    /** By which overlay knows again what was mounted without being synced (kernel: Documentation/filesystems/overlayfs.rst, Volatile mount). */
    private static final String VOLATILE = "work/work/incompat/volatile";

    private static final AtomicLong NUMBER = new AtomicLong();

    /** What the container writes: overlay's upper and work. Owned by the container's root. */
    Path fs() {
        return path.resolve("fs");
    }

    /** Its {@link SandboxRecord}s, one a line; the last one counts. */
    Path state() {
        return path.resolve("state.jsonl");
    }

    Path explanation() {
        return path.resolve("explain.json");
    }

    /** Records of its pid 1, after one that tells only that it was let go. */
    Path status() {
        return path.resolve("status");
    }

    /** Whether its process went on to execute something, or still may: until then it ends with who starts it, and has run nothing. */
    boolean letGo() {
        return status().toFile().length() > 0;
    }

    /** How many of its processes were told to have been killed for lack of memory; there only if there were any. */
    Path oomKills() {
        return path.resolve("oom");
    }

    Path stdout() {
        return path.resolve("stdout.log");
    }

    Path stderr() {
        return path.resolve("stderr.log");
    }

    /** Its {@link Supervision}. */
    Path supervision() {
        return path.resolve("supervision.json");
    }

    /** There when it is not to be started again. */
    Path noRestart() {
        return path.resolve("no-restart");
    }

    /** Makes the file above; does nothing when the container has been removed. */
    void forgoRestarts() throws SyscallException {
        try {
            Syscalls.writeFile(noRestart(), Syscalls.O_CREAT, 0600, new byte[0]);
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
        }
    }

    /** Locked by who starts it again, or removes it. */
    Path starting() {
        return path.resolve("starting");
    }

    /** Segments of its log: what was taken over from the two above. */
    Path log() {
        return path.resolve("log");
    }

    /**
     * Takes its name from it, once nothing but files is left of it, and leaves the deleting for later: that takes as long as a whole start where the
     * disk is told of each block that becomes free (mount option discard).
     */
    SandboxDirectory setAside() throws IOException {
        long pid = ProcessHandle.current().pid();
        Path aside = path.resolveSibling(ASIDE + pid + "-" + NUMBER.incrementAndGet());
        try {
            return new SandboxDirectory(Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE));
        } catch (NoSuchFileException e) {
            // Already gone, which is what was asked for; deleting nothing does no harm.
            return new SandboxDirectory(aside);
        }
    }

    /** Whether nothing is to be done but to delete it. */
    boolean isAside() {
        return String.valueOf(path.getFileName()).startsWith(ASIDE);
    }

    boolean olderThanAMinute(Instant now) throws IOException {
        return Files.exists(path) && Files.getLastModifiedTime(path).toInstant().isBefore(now.minusSeconds(60));
    }

    /** Deletes everything, once nothing but files is left of it: without a state it is known to be only files. */
    void delete() throws IOException {
        Syscalls.unlink(state());
        try {
            deleteUnused();
        } catch (SyscallException e) {
            deleteTree(path);
        }
    }

    void deleteOrTell() {
        try {
            delete();
        } catch (IOException e) {
            String consequence = "the files in " + path + " stay until the next adoption";
            System.getLogger(Sandboxes.class.getName()).log(System.Logger.Level.WARNING, consequence, e);
        }
    }

    /**
     * Before it is started again: takes away how it ended, and the mark by which overlay would refuse a layer that was not synced. Under the same
     * kernel, none of it is lost.
     */
    void readyForAgain() throws IOException {
        Syscalls.unlink(status());
        // Its new group counts from none.
        Syscalls.unlink(oomKills());
        Path mark = fs().resolve(VOLATILE);
        Files.deleteIfExists(mark.resolve("dirty"));
        Files.deleteIfExists(mark);
    }

    /** Of a container that wrote nothing: by name, as looking through directories takes several times as long. */
    private void deleteUnused() throws SyscallException {
        for (Path file :
                List.of(explanation(), status(), stdout(), stderr(), starting(), fs().resolve(VOLATILE + "/dirty"))) {
            Syscalls.unlink(file);
        }
        for (String directory : List.of("upper", VOLATILE, "work/work/incompat", "work/work", "work", "")) {
            Syscalls.rmdir(fs().resolve(directory));
        }
        Syscalls.rmdir(path);
    }

    // Links are not followed; mounts are not met, as they are all in the container's own namespace.
    static void deleteTree(Path top) throws IOException {
        try {
            Files.walkFileTree(top, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path dir, java.io.@org.jspecify.annotations.Nullable IOException e) throws IOException {
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // Already gone, which is what was asked for.
            return;
        }
    }
}
