package io.slipway.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * What a token's holder shows: {@code slp_}, 32 characters of Crockford's base 32 (160 random bits), and 6 more that hold their CRC-32, so
 * that a scanner finds a leaked one and a mistyped one is told apart from a revoked one. Only {@link #sha256} is ever stored; 160 random
 * bits need no salt and no slow hash.
 */
public final class TokenSecret {
    public static final String PREFIX = "slp_";
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int RANDOM_DIGITS = 32;
    private static final int CHECK_DIGITS = 6;
    private static final int BITS_PER_DIGIT = 5;

    private final String text;

    private TokenSecret(String text) {
        this.text = text;
    }

    /** @param random a cryptographic source */
    public static TokenSecret generate(RandomGenerator random) {
        StringBuilder digits = new StringBuilder(RANDOM_DIGITS);
        for (int i = 0; i < RANDOM_DIGITS; i++) {
            digits.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return new TokenSecret(PREFIX + digits + check(digits.toString()));
    }

    /** Empty when it is not a token of ours or was mistyped. */
    public static Optional<TokenSecret> parse(String text) {
        int checkAt = PREFIX.length() + RANDOM_DIGITS;
        if (!text.startsWith(PREFIX) || text.length() != checkAt + CHECK_DIGITS) {
            return Optional.empty();
        }
        String digits = text.substring(PREFIX.length(), checkAt);
        return check(digits).equals(text.substring(checkAt)) ? Optional.of(new TokenSecret(text)) : Optional.empty();
    }

    /** Lower-case hex; what the database holds. */
    public String sha256() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform must have SHA-256", impossible);
        }
    }

    /** The secret itself. Never logged: {@link #toString} does not say it. */
    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return PREFIX + "…";
    }

    private static String check(String digits) {
        CRC32 crc = new CRC32();
        crc.update(digits.getBytes(StandardCharsets.US_ASCII));
        StringBuilder out = new StringBuilder(CHECK_DIGITS);
        for (int i = CHECK_DIGITS - 1; i >= 0; i--) {
            out.append(DIGITS.charAt((int) (crc.getValue() >> (i * BITS_PER_DIGIT)) & (DIGITS.length() - 1)));
        }
        return out.toString();
    }
}
