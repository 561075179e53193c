package io.slipway.sandbox.oci;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Directories of control groups that were made above those of containers, each marked by an empty file: whoever deletes the last container below one
 * removes it, also when another container had it made. Those that were there before are never touched.
 */
final class GroupParents {
    /** No mark: those begin with an encoded slash. */
    private static final String LOCK = "lock";

    private final Path marks;

    /** What is done alone. */
    interface Work {
        void run() throws IOException;
    }

    /** @param marks where the marks lie, beside the containers of one runtime */
    GroupParents(Path marks) {
        this.marks = marks;
    }

    /**
     * One at a time, of all threads and processes with this root: else whoever deletes a container would take away what another has just made for
     * its own and has nothing in yet.
     */
    void alone(Work work) throws IOException {
        synchronized (GroupParents.class) {
            Files.createDirectories(marks);
            // Nobody else may open it: who reads could hold all up.
            try (FileChannel lock = FileChannel.open(
                            marks.resolve(LOCK),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                    var held = lock.lock()) {
                work.run();
            }
        }
    }

    /** Makes a directory unless it is there; marked first, so that who is killed in between leaves nothing that nobody removes. */
    void make(Path directory) throws IOException {
        boolean fresh = mark(directory).toFile().createNewFile();
        if (!BundleCgroup.make(directory) && fresh) {
            // Somebody else's.
            Files.deleteIfExists(mark(directory));
        }
    }

    /** Removes those above a group as far as they are empty. */
    void removeAbove(Path group, Path hierarchy) throws IOException {
        Path above = group.getParent();
        while (above != null
                && !above.equals(hierarchy)
                && Files.exists(mark(above))
                && BundleCgroup.removeEmpty(above)) {
            Files.deleteIfExists(mark(above));
            above = above.getParent();
        }
    }

    private Path mark(Path directory) {
        return marks.resolve(URLEncoder.encode(directory.toString(), StandardCharsets.UTF_8));
    }
}
