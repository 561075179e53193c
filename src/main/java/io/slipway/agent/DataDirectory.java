package io.slipway.agent;

import io.slipway.linux.Daemon.User;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The data directory of {@code slipway up}, with its owner's id and a lock: one supervisor at a time.
 *
 * <pre>
 *   owner, lock          admin-token, server (for the command line)      log/
 *   postgres/            controller/ and proxy/ (each its child's own)    agent/ (0700)
 *   containers/          images/                                         app/ (programs for the children)
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
    /** From here up to 2^31 no system allots user ids (systemd, UIDS-GIDS.md). */
    private static final int FIRST_UID = 1_879_048_192;

    private static final int UID_BLOCKS = 20_000_000;
    private static final int UIDS_PER_BLOCK = 10;

    private final Path path;
    private final String owner;
    private final FileChannel lock;

    private DataDirectory(Path path, String owner, FileChannel lock) {
        this.path = path;
        this.owner = owner;
        this.lock = lock;
    }

    /** Whom a child runs as. */
    enum Role {
        POSTGRES,
        CONTROLLER,
        PROXY
    }

    /** @throws IOException when it is in use, cannot be written, or lies where other users cannot reach it */
    public static DataDirectory open(Path directory) throws IOException {
        Directories.make(directory, "rwx--x--x");
        Path path = directory.toRealPath();
        if (isRoot()) {
            requireReachable(path, "the data directory", "Name another by --data, for example /var/lib/slipway");
        }
        FileChannel channel =
                FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isFree(channel)) {
            channel.close();
            throw new IOException(
                    path + " is in use by another 'slipway up'; stop that one, or name another by --data");
        }
        return new DataDirectory(path, owner(path), channel);
    }

    public Path path() {
        return path;
    }

    /** Unique to this directory; whatever is made for it carries it. */
    public String owner() {
        return owner;
    }

    Path child(String name) {
        return path.resolve(name);
    }

    /** Empty when we are not root and everything runs as ourselves. */
    Optional<User> user(Role role) {
        if (!isRoot()) {
            return Optional.empty();
        }
        int block = Math.floorMod(owner.hashCode(), UID_BLOCKS);
        int id = FIRST_UID + block * UIDS_PER_BLOCK + role.ordinal();
        return Optional.of(new User(id, id));
    }

    String mark(String role) {
        return "slipway-" + owner + "-" + role;
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Other users must be able to pass through all directories above. */
    static void requireReachable(Path path, String what, String remedy) throws IOException {
        for (Path at = path; at != null; at = at.getParent()) {
            if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                throw new IOException(what + " " + path + " cannot be reached by other users (" + at
                        + " is closed to them), and controller, proxy and Postgres do not run as root. " + remedy
                        + ".");
            }
        }
    }

    /** @throws IOException where so much does not fit: of a new installation half is worth nothing */
    void requireRoom(long bytes) throws IOException {
        long free = Files.getFileStore(path).getUsableSpace();
        if (free < bytes) {
            throw new IOException("only " + (free >> 20) + " MiB are free in " + path
                    + ", and a new installation takes " + (bytes >> 20)
                    + " MiB, most of it for its database; free some, or name another directory by --data");
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock held = channel.tryLock();
            return held != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String owner(Path path) throws IOException {
        Path file = path.resolve("owner");
        if (!Files.exists(file)) {
            byte[] random = new byte[8];
            new SecureRandom().nextBytes(random);
            String id = HexFormat.of().formatHex(random) + "\n";
            Directories.writeDurably(file, id.getBytes(StandardCharsets.US_ASCII));
        }
        return Files.readString(file).strip();
    }
}
