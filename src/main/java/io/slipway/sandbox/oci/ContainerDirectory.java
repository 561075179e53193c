package io.slipway.sandbox.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
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

    /**
     * Makes it with its record at once: whoever is killed on the way leaves a container that can be deleted, or what {@link HiddenDirectories#sweep} takes
     * away.
     *
     * @throws OciException if there is one with this id
     */
    void make(ContainerRecord record) throws IOException {
        Path root = Objects.requireNonNull(path.toAbsolutePath().getParent());
        Files.createDirectories(root);
        HiddenDirectories.sweep(root);
        Path fresh = HiddenDirectories.make(root);
        try {
            record.write(new ContainerDirectory(fresh).record());
            // One that is there holds its record, and is not replaced.
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            HiddenDirectories.delete(fresh);
            throw exists()
                    ? new OciException("container " + id() + " already exists; delete it, or choose another id", e)
                    : e;
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

    /** In one step for all who look for it. */
    void delete() throws IOException {
        Path taken;
        try {
            taken = HiddenDirectories.take(path);
        } catch (NoSuchFileException e) {
            // Another command was quicker.
            return;
        }
        HiddenDirectories.delete(taken);
    }
}
