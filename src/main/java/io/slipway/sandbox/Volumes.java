package io.slipway.sandbox;

import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Directories that a runtime keeps by name, below {@code .volumes} of its state directory, which only the host's root may enter. Their files belong
 * to ids from {@link IdRange#DEFAULT}, and are shown to each container as those of its own range.
 */
final class Volumes {
    private static final String DIRECTORY = ".volumes";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");
    private static final int CONTENT_MODE = 0755;
    private static final int STORE_MODE = 0700;
    private final Path directory;

    Volumes(Path state) {
        directory = state.resolve(DIRECTORY);
    }

    static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is no name for a volume: "
                    + "1 to 63 letters, digits, dashes, dots and underscores, beginning with a letter or digit");
        }
        return name;
    }

    /** Its directory; made when it is missing, and then the application's own, so that one without root's rights can write there. */
    Path obtain(String name, Accounts.User owner) throws IOException {
        Path volume = directory.resolve(checked(name));
        int uid = IdRange.DEFAULT.first() + owner.uid();
        int gid = IdRange.DEFAULT.first() + owner.gid();
        if (!Files.isDirectory(volume)) {
            make(directory, STORE_MODE);
            make(volume, CONTENT_MODE);
            Syscalls.chown(volume, uid, gid);
        } else if (Files.getAttribute(volume, "unix:uid").equals(0)) {
            // Its maker was killed before it had given it away, or is about to.
            Syscalls.chown(volume, uid, gid);
        }
        return volume;
    }

    private static void make(Path path, int mode) throws SyscallException {
        try {
            Syscalls.mkdir(path, mode);
        } catch (SyscallException e) {
            // Another start may have been faster.
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    /** Names of all, sorted. */
    List<String> list() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var all = Files.list(directory)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> NAME.matcher(name).matches())
                    .sorted()
                    .toList();
        }
    }

    /** Removes it with all that lies in it; does nothing when there is none. */
    void remove(String name) throws IOException {
        SandboxDirectory.deleteTree(directory.resolve(checked(name)));
    }
}
