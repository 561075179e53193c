package io.slipway.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
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
