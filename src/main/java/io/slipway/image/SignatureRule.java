package io.slipway.image;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What some images need.
 *
 * @param images their names in full, where {@code *} stands for any characters: {@code registry.example.com/shop/*}
 * @param keys files with public keys, PEM; a signature by one of them is enough
 */
public record SignatureRule(String images, Demand demand, List<Path> keys) {
    public SignatureRule {
        keys = List.copyOf(keys);
    }

    /** What is asked of an image. */
    public enum Demand {
        NOTHING,
        SIGNED,
        NOT_AT_ALL
    }

    boolean covers(String name) {
        StringBuilder pattern = new StringBuilder();
        for (String part : images.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        return Pattern.matches(pattern.toString(), name);
    }
}
