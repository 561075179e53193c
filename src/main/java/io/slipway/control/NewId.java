package io.slipway.control;

import java.security.SecureRandom;
import java.time.Instant;

/** Ids that sort by the time they were made: 9 characters of milliseconds and 7 (35 bits) of chance, in Crockford's base 32. */
final class NewId {
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final SecureRandom CHANCE = new SecureRandom();

    private NewId() {}

    static String at(Instant now) {
        return base32(now.toEpochMilli(), 9) + base32(CHANCE.nextLong(1L << 35), 7);
    }

    private static String base32(long value, int length) {
        char[] digits = new char[length];
        for (int i = length - 1; i >= 0; i--) {
            digits[i] = DIGITS.charAt((int) (value & 31));
            value >>>= 5;
        }
        return new String(digits);
    }
}
