package io.slipway.api;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The text of a body: UTF-8, strictly. */
final class RequestText {
    private RequestText() {}

    static String of(byte[] body) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer out = CharBuffer.allocate(body.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw BadRequest.unreadable("The body is not UTF-8: the byte at offset " + in.position()
                    + " does not belong to a character. Nothing was changed. Send it as UTF-8.");
        }
        String text = out.flip().toString();
        if (text.isBlank()) {
            throw BadRequest.unreadable("The body is empty. Nothing was changed. Send what the operation needs.");
        }
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw BadRequest.unreadable(
                    "The body holds a NUL character at offset " + nul + ". Nothing was changed. Leave it out.");
        }
        return text;
    }
}
