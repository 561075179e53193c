package io.slipway.sandbox.oci;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Damages a document byte by byte. What comes of it may be valid and mean anything, so it is only to be read, never to be created from.
 */
final class DocumentDamage {
    private static final List<String> RAW = List.of(
            "1e999999999",
            "-1e999999999",
            "1e-999999999",
            "-0",
            "-",
            "00",
            "01",
            "0x10",
            "1.",
            ".5",
            "0.5",
            "NaN",
            "Infinity",
            "1E400",
            "18446744073709551615",
            "18446744073709551616",
            "9".repeat(1000),
            "9".repeat(20_000),
            "0." + "1".repeat(2000),
            "{\"a\":1,\"a\":2}",
            "{\"a\"}",
            "[,]",
            "[1,]",
            "nul",
            "TRUE",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\t\"",
            "//",
            "/* */ 1",
            "'x'",
            "\"");
    private static final List<byte[]> BYTES = List.of(
            new byte[] {0},
            new byte[] {(byte) 0xff},
            new byte[] {(byte) 0xc3},
            new byte[] {(byte) 0xc0, (byte) 0xaf},
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf},
            new byte[] {0x1b},
            new byte[] {0x7f});
    private final Random random;

    DocumentDamage(Random random) {
        this.random = random;
    }

    byte[] damage(byte[] document) {
        return switch (random.nextInt(9)) {
            case 0 -> Arrays.copyOf(document, random.nextInt(document.length));
            case 1 -> flipped(document);
            case 2 -> spliced(document, BYTES.get(random.nextInt(BYTES.size())), 0);
            case 3 -> spliced(document, bytes(RAW.get(random.nextInt(RAW.size()))), random.nextInt(8));
            case 4 -> spliced(document, nested(), 0);
            case 5 -> spliced(document, bytes("\"" + "x".repeat(random.nextInt(1 << 20)) + "\":"), 0);
            case 6 -> spliced(document, document, 0);
            case 7 -> value(document);
            default -> spliced(document, new byte[0], random.nextInt(64));
        };
    }

    private byte[] flipped(byte[] document) {
        byte[] other = document.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return other;
    }

    private byte[] nested() {
        String open = random.nextBoolean() ? "[" : "{\"a\":";
        return bytes(open.repeat(1 + random.nextInt(random.nextInt(20) == 0 ? 200_000 : 100)));
    }

    /** Something else where a value stands. */
    private byte[] value(byte[] document) {
        String text = new String(document, StandardCharsets.UTF_8);
        int colon = text.indexOf(": ", random.nextInt(text.length()));
        int end = text.indexOf('\n', Math.max(colon, 0));
        return colon < 0 || end < 0
                ? document
                : bytes(text.substring(0, colon + 2) + RAW.get(random.nextInt(RAW.size())) + "," + text.substring(end));
    }

    /** With other bytes at some place, instead of so many of its own. */
    private byte[] spliced(byte[] document, byte[] other, int instead) {
        int at = random.nextInt(document.length);
        int rest = Math.min(document.length, at + instead);
        byte[] whole = new byte[at + other.length + document.length - rest];
        System.arraycopy(document, 0, whole, 0, at);
        System.arraycopy(other, 0, whole, at, other.length);
        System.arraycopy(document, rest, whole, at + other.length, document.length - rest);
        return whole;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
