package io.slipway.image;

import io.slipway.linux.LibrarySha256;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A content address: {@code sha256:} and 64 lower-case hexadecimal digits (OCI image specification, descriptor.md, "Digests").
 *
 * @param hex the 64 digits
 */
public record Digest(String hex) implements Comparable<Digest> {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final String PREFIX = "sha256:";

    public Digest {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("'" + hex + "' is not 64 lower-case hexadecimal digits");
        }
    }

    /** @throws InvalidReference if it is another algorithm, too short, or no digest at all */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new InvalidReference(text, "has no algorithm; write sha256: and 64 hexadecimal digits");
        }
        String algorithm = text.substring(0, colon);
        if (!algorithm.equals("sha256")) {
            throw new InvalidReference(text, "uses the unknown algorithm '" + algorithm + "'; only sha256 is accepted");
        }
        String digits = text.substring(colon + 1);
        if (digits.length() != 64) {
            throw new InvalidReference(text, "has " + digits.length() + " digits; a sha256 digest has 64");
        }
        if (!HEX.matcher(digits).matches()) {
            throw new InvalidReference(text, "has characters other than 0-9 and a-f");
        }
        return new Digest(digits);
    }

    public static Digest of(byte[] content) {
        return new Digest(HexFormat.of().formatHex(newHash().digest(content)));
    }

    static Digest of(MessageDigest finished) {
        return new Digest(HexFormat.of().formatHex(finished.digest()));
    }

    static MessageDigest newHash() {
        return LibrarySha256.open().orElseGet(Digest::ofThisJdk);
    }

    private static MessageDigest ofThisJdk() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
        }
    }

    /** The first 12 digits, for people. */
    public String brief() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(Digest other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return PREFIX + hex;
    }
}
