package io.slipway.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The secret that agents and controller share. Never printed. */
public final class FleetToken {
    private static final int CHARACTERS_MIN = 32;
    private final String value;

    public FleetToken(String value) {
        if (value.length() < CHARACTERS_MIN) {
            throw new IllegalArgumentException("the fleet token has " + value.length() + " characters; at least "
                    + CHARACTERS_MIN + " are needed");
        }
        this.value = value;
    }

    /** Reads a file of one line. */
    public static FleetToken read(Path file) throws IOException {
        return new FleetToken(Files.readString(file).strip());
    }

    /** Reads it, or makes one that only the file's owner can read: a controller that nobody gave a token. Agents need a copy of the file. */
    public static FleetToken ensure(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] secret = new byte[CHARACTERS_MIN];
            new SecureRandom().nextBytes(secret);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, HexFormat.of().formatHex(secret) + "\n");
        }
        return read(file);
    }

    String authorization() {
        return "Bearer " + value;
    }

    /** Compares in a time that does not depend on how much is right. */
    boolean matches(@Nullable String authorization) {
        return authorization != null
                && MessageDigest.isEqual(
                        authorization().getBytes(StandardCharsets.UTF_8),
                        authorization.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "FleetToken";
    }
}
