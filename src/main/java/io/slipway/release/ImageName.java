package io.slipway.release;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The grammar of image references: {@code [registry[:port]/]path[:tag][@sha256:...]} as in the OCI distribution specification, or
 * {@code oci:DIR[:TAG]}, {@code docker-archive:FILE}. Whether there is such an image is for the image check to find out.
 */
final class ImageName {
    private static final String DOMAIN =
            "(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){0,20}(?::\\d{1,5})?/)?";
    private static final String PATH = "[a-z0-9]{1,128}(?:(?:\\.|_|__|-{1,10})[a-z0-9]{1,128}){0,20}";
    private static final Pattern NAME = Pattern.compile(DOMAIN + PATH + "(?:/" + PATH + "){0,20}");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int CHARS_MAX = 1024;

    private ImageName() {}

    /** What is wrong with it; empty when nothing is. */
    static Optional<String> problem(String text) {
        if (text.isBlank() || text.length() > CHARS_MAX) {
            return Optional.of(text.isBlank() ? "is empty" : "is longer than " + CHARS_MAX + " characters");
        }
        if (text.startsWith("oci:") || text.startsWith("docker-archive:")) {
            return text.endsWith(":") ? Optional.of("names no path") : Optional.empty();
        }
        if (text.contains("://")) {
            return Optional.of("is an address, not an image reference");
        }
        int at = text.indexOf('@');
        if (at >= 0 && !DIGEST.matcher(text.substring(at + 1)).matches()) {
            return Optional.of("has a digest that is not sha256: and 64 hexadecimal digits");
        }
        return named(at < 0 ? text : text.substring(0, at));
    }

    private static Optional<String> named(String text) {
        int colon = text.indexOf(':', text.lastIndexOf('/') + 1);
        if (colon >= 0 && !TAG.matcher(text.substring(colon + 1)).matches()) {
            return Optional.of("has a tag that is not 1 to 128 letters, digits, dots, dashes and underscores");
        }
        String name = colon < 0 ? text : text.substring(0, colon);
        return NAME.matcher(name).matches()
                ? Optional.empty()
                : Optional.of("has a name that is not lower-case letters, digits and separators");
    }
}
