package io.slipway.sandbox.oci;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.regex.Pattern;

/** The files of one container below the runtime's root: its record, its configuration as it was created, and the fifo it waits at. */
record ContainerDirectory(Path path) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_+-][A-Za-z0-9_+.-]{0,254}");

    static ContainerDirectory of(Path root, String id) throws OciException {
        if (!ID.matcher(id).matches()) {
            throw new OciException("'" + id.replaceAll("\\p{Cntrl}", "?")
                    + "' is no id for a container: 1 to 255 letters, digits and _ + - . , not beginning with a dot");
        }
        return new ContainerDirectory(root.resolve(id));
    }

    String id() {
        return path.getFileName().toString();
    }

    /** @throws OciException if there is one with this id */
    void make() throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        try {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            throw new OciException("container " + id() + " already exists; delete it, or choose another id");
        }
    }

    GroupParents groupParents() {
        return new GroupParents(path.resolveSibling(".groups"));
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    Path record() {
        return path.resolve("record.json");
    }

    Path config() {
        return path.resolve("config.json");
    }

    Path fifo() {
        return path.resolve("start.fifo");
    }

    /** Locked by who starts it. */
    Path startLock() {
        return path.resolve("start.lock");
    }

    /** Holds something once the program could not be executed. */
    Path failure() {
        return path.resolve("failure");
    }

    /** The state that hooks read. */
    Path hookState() {
        return path.resolve("hook-state.json");
    }

    void delete() throws IOException {
        if (!exists()) {
            return;
        }
        try (var all = Files.walk(path)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        }
    }
}
