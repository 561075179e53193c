package io.slipway.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A state directory with its owner's name and a lock, so that nobody removes what another made. */
final class OwnedDirectory implements AutoCloseable {
    private static final int HASH_CHARS = 12;
    private final Path path;
    private final String hash;
    private final FileChannel channel;

    private OwnedDirectory(Path path, String hash, FileChannel channel) {
        this.path = path;
        this.hash = hash;
        this.channel = channel;
    }

    /**
     * @param shared whether other processes may have it open too
     * @throws IOException if it belongs to somebody else, or is in use
     */
    static OwnedDirectory open(Path dir, String owner, boolean shared) throws IOException {
        Files.createDirectories(dir);
        Path path = dir.toRealPath();
        FileChannel channel = FileChannel.open(
                path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(channel, path, shared);
            Path name = path.resolve("owner");
            if (!Files.exists(name)) {
                Files.writeString(name, owner + "\n");
            }
            String found = Files.readString(name).strip();
            if (!found.equals(owner)) {
                throw new IOException("state directory " + path + " belongs to '" + found + "', not to '" + owner
                        + "'; nothing in it was touched. Use another directory.");
            }
            return new OwnedDirectory(path, cgroupName(path, owner), channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(FileChannel channel, Path path, boolean shared) throws IOException {
        @Nullable FileLock lock;
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new IOException("state directory " + path + " is in use by another process; "
                    + "stop that one first, or use another directory");
        }
    }

    static String cgroupName(Path path, String owner) {
        return hash(owner + "@" + path);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_CHARS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    Path path() {
        return path;
    }

    /** Names the owner in cgroups. */
    String hash() {
        return hash;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
