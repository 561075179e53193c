package io.slipway.traffic;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One client connection, written and read by hand, so that nothing is retried or mended on the way. */
final class RawClient implements AutoCloseable {
    final Socket socket;
    final InputStream in;
    final OutputStream out;

    record Reply(int code, String head, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }

        String header(String name) {
            for (String line : head.split("\r\n")) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
                    return line.substring(name.length() + 1).trim();
                }
            }
            return "";
        }
    }

    RawClient(int port) throws IOException {
        this("127.0.0.1", port);
    }

    RawClient(String address, int port) throws IOException {
        socket = new Socket(InetAddress.getByName(address), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    static Reply once(int port, String request) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.send(request);
        }
    }

    Reply get(String path, String... headers) throws IOException {
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: web.test\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return send(request.append("\r\n").toString());
    }

    Reply send(String request) throws IOException {
        write(request);
        return read(request.startsWith("HEAD"));
    }

    void write(String bytes) throws IOException {
        out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Skips 1xx answers other than 101. */
    Reply read(boolean headOnly) throws IOException {
        String head = StubBackend.head(in);
        if (head.isEmpty()) {
            throw new IOException("closed without an answer");
        }
        int code = Integer.parseInt(head.substring(9, 12));
        Reply bare = new Reply(code, head, new byte[0]);
        if (code == 100) {
            return read(headOnly);
        }
        if (headOnly || code == 101 || code == 204 || code == 304) {
            return bare;
        }
        if (bare.header("Transfer-Encoding").equals("chunked")) {
            return new Reply(code, head, chunks());
        }
        String length = bare.header("Content-Length");
        byte[] body = length.isEmpty() ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
        if (!length.isEmpty() && body.length < Integer.parseInt(length)) {
            throw new IOException("cut off after " + body.length + " of " + length + " bytes");
        }
        return new Reply(code, head, body);
    }

    private byte[] chunks() throws IOException {
        var body = new java.io.ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.write(in.readNBytes(size));
            line();
        }
        StringBuilder trailers = new StringBuilder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            trailers.append('[').append(line).append(']');
        }
        body.writeBytes(trailers.toString().getBytes(StandardCharsets.ISO_8859_1));
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        String line = line();
        if (line.isEmpty()) {
            throw new IOException("cut off within chunks");
        }
        return Integer.parseInt(line, 16);
    }

    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
