package io.slipway.app.demo;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 request (RFC 9112), its body skipped.
 *
 * @param keepAlive whether the client wants the connection to stay
 */
record SampleRequest(String method, String path, boolean keepAlive) {
    private static final int LINE_BYTES_MAX = 8_192;
    private static final int HEADERS_MAX = 100;

    /** @return empty if the connection ended between requests */
    static Optional<SampleRequest> read(BufferedInputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return Optional.empty();
        }
        String[] words = first.split(" ");
        if (words.length != 3) {
            throw new IOException("no request line: " + first);
        }
        boolean keepAlive = words[2].equals("HTTP/1.1");
        long bodyBytes = 0;
        for (int i = 0; i < HEADERS_MAX; i++) {
            String header = line(in);
            if (header == null) {
                throw new EOFException("ended within the headers");
            }
            if (header.isEmpty()) {
                in.skipNBytes(bodyBytes);
                return Optional.of(new SampleRequest(words[0], words[1].split("\\?")[0], keepAlive));
            }
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                bodyBytes = Long.parseLong(
                        lower.substring("content-length:".length()).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                throw new IOException("a body without a length is not understood");
            } else if (lower.startsWith("connection:")) {
                keepAlive = !lower.contains("close");
            }
        }
        throw new IOException("more than " + HEADERS_MAX + " headers");
    }

    private static @Nullable String line(BufferedInputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        int one;
        while ((one = in.read()) != '\n') {
            if (one < 0) {
                if (text.isEmpty()) {
                    return null;
                }
                throw new EOFException("ended within a line");
            }
            if (text.length() >= LINE_BYTES_MAX) {
                throw new IOException("a line of more than " + LINE_BYTES_MAX + " bytes");
            }
            text.append((char) one);
        }
        int length = text.length();
        return length > 0 && text.charAt(length - 1) == '\r' ? text.substring(0, length - 1) : text.toString();
    }

    /** An answer, ready to be sent in one write; it says which version made it. */
    static byte[] answer(int status, String reason, String version, String json, boolean keepAlive) {
        String head = "HTTP/1.1 " + status + " " + reason + "\r\nContent-Type: application/json\r\n"
                + Load.REVISION_HEADER + ": "
                + version + "\r\nContent-Length: "
                + json.length() + "\r\n" + (keepAlive ? "" : "Connection: close\r\n") + "\r\n";
        return (head + json).getBytes(StandardCharsets.ISO_8859_1);
    }
}
