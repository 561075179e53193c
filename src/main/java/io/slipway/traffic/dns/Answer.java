package io.slipway.traffic.dns;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Answers of our own (RFC 1035, section 4.1). */
final class Answer {
    static final int NO_ERROR = 0;
    static final int SERVER_FAILED = 2;
    static final int NO_SUCH_NAME = 3;
    static final int REFUSED = 5;

    /** Short: a name that is new, or no longer there, is to be seen soon. */
    private static final int LIFE_SECONDS = 5;

    private static final int ADDRESS_BYTES = 16;
    private static final int RESPONSE = 0x8000;
    private static final int AUTHORITATIVE = 0x0400;
    private static final int RECURSION_WANTED = 0x0100;
    private static final int RECURSION_OFFERED = 0x0080;
    /** Where the question's name stands. */
    private static final int NAME_POINTER = 0xC000 | Question.HEAD_BYTES;

    private Answer() {}

    /** @param address of IPv4 in network order; empty for none */
    static byte[] to(Question question, int code, Optional<byte[]> address) {
        ByteBuffer answer = ByteBuffer.allocate(question.end() + (address.isPresent() ? ADDRESS_BYTES : 0));
        int own = code == SERVER_FAILED ? 0 : AUTHORITATIVE;
        answer.putShort((short) question.id())
                .putShort((short)
                        (RESPONSE | own | (question.recursion() ? RECURSION_WANTED : 0) | RECURSION_OFFERED | code))
                .putShort((short) 1)
                .putShort((short) (address.isPresent() ? 1 : 0))
                .putInt(0)
                .put(question.message(), Question.HEAD_BYTES, question.end() - Question.HEAD_BYTES);
        address.ifPresent(bytes -> answer.putShort((short) NAME_POINTER)
                .putShort((short) Question.ADDRESS)
                .putShort((short) Question.INTERNET)
                .putInt(LIFE_SECONDS)
                .putShort((short) bytes.length)
                .put(bytes));
        return answer.array();
    }

    /** Of a whole message. */
    static int code(byte[] message) {
        return message[3] & 0x0f;
    }
}
