package io.slipway.traffic.dns;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A standard query with one question (RFC 1035, section 4.1).
 *
 * @param name lower case, without the dot at its end
 * @param message as it came
 * @param end where the question ends in it
 */
record Question(int id, boolean recursion, String name, int type, int category, byte[] message, int end) {
    static final int HEAD_BYTES = 12;
    static final int ADDRESS = 1;
    static final int ANY = 255;
    static final int INTERNET = 1;
    private static final int NAME_BYTES_MAX = 255;
    private static final int LABEL_BYTES_MAX = 63;
    private static final int RESPONSE_OR_OPCODE = 0xF8;

    /** Empty for all that is something else: it is not answered. */
    static Optional<Question> parse(byte[] message) {
        boolean query = message.length > HEAD_BYTES && (message[2] & RESPONSE_OR_OPCODE) == 0;
        return query && u16(message, 4) == 1 ? ofHead(message) : Optional.empty();
    }

    private static Optional<Question> ofHead(byte[] message) {
        StringBuilder name = new StringBuilder();
        int at = HEAD_BYTES;
        while (at < message.length && message[at] != 0) {
            int length = message[at] & 0xff;
            // A pointer would lead back into the head: there is nothing before the first name.
            if (length > LABEL_BYTES_MAX
                    || at + 1 + length >= message.length
                    || name.length() + length > NAME_BYTES_MAX) {
                return Optional.empty();
            }
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(message, at + 1, length, StandardCharsets.ISO_8859_1));
            at += 1 + length;
        }
        int end = at + 5;
        if (end > message.length) {
            return Optional.empty();
        }
        return Optional.of(new Question(
                u16(message, 0),
                (message[2] & 1) != 0,
                name.toString().toLowerCase(Locale.ROOT),
                u16(message, at + 1),
                u16(message, at + 3),
                message,
                end));
    }

    /** Whether a message from a name server is the answer to this one, asked under an id of ours. */
    boolean isAnsweredBy(byte[] answer, int askedAs) {
        return answer.length >= end
                && u16(answer, 0) == askedAs
                && (answer[2] & 0x80) != 0
                && u16(answer, 4) == 1
                && sameQuestion(answer);
    }

    /** Name servers give it back byte for byte, or in another case. */
    private boolean sameQuestion(byte[] answer) {
        for (int i = HEAD_BYTES; i < end; i++) {
            if (lower(answer[i]) != lower(message[i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    /** The same message under another id. */
    static byte[] under(int id, byte[] message) {
        byte[] other = Arrays.copyOf(message, message.length);
        other[0] = (byte) (id >> 8);
        other[1] = (byte) id;
        return other;
    }

    static int u16(byte[] message, int at) {
        return (message[at] & 0xff) << 8 | message[at + 1] & 0xff;
    }
}
