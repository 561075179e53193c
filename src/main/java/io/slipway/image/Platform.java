package io.slipway.image;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kind of machine, in the image specification's words.
 *
 * @param os e.g. {@code linux}
 * @param architecture as GOARCH: {@code amd64}, {@code arm64}
 */
public record Platform(String os, String architecture) {
    private static final Pattern TEXT = Pattern.compile("([a-z0-9]{1,32})/([a-z0-9]{1,32})");

    /** This machine's. */
    public static Platform here() {
        String arch = System.getProperty("os.arch", "");
        return new Platform(
                "linux",
                switch (arch) {
                    case "amd64", "x86_64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> arch;
                });
    }

    /** @throws IllegalArgumentException unless it is {@code OS/ARCHITECTURE}, in lower case */
    public static Platform parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no platform; write OS/ARCHITECTURE, e.g. linux/arm64");
        }
        return new Platform(parts.group(1), parts.group(2));
    }

    @Override
    public String toString() {
        return os + "/" + architecture;
    }
}
