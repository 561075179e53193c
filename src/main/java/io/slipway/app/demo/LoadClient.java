package io.slipway.app.demo;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One client: one cookie, one kept connection, plain HTTP/1.1 on a socket, so that a thousand of them cost next to nothing. */
final class LoadClient implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;
    private static final int BODY_SHOWN_MAX = 200;
    private final URI target;
    private final String host;
    private @Nullable Connection connection;
    private @Nullable String cookie;

    private record Connection(Socket socket, InputStream in) {}

    /** @param revision the service's own marker, null when it is absent; {@code body} is cut to what is worth showing */
    record Reply(int code, @Nullable String revision, String body) {}

    /** The fields of an answer's head that matter here; {@code length} -1 when absent. */
    private record Head(int code, @Nullable String revision, int length, boolean chunked, boolean close) {}

    LoadClient(URI target, String host) {
        this.target = target;
        this.host = host;
    }

    /** @throws IOException when no whole answer came within ten seconds; the connection is then to be closed */
    Reply get() throws IOException {
        Connection open = connection == null ? connect() : connection;
        connection = open;
        open.socket.getOutputStream().write(request());
        Head head = head(open.in);
        byte[] body = head.chunked ? chunks(open.in) : sized(open.in, head.length);
        if (head.close || head.length < 0 && !head.chunked) {
            close();
        }
        String shown = new String(body, 0, Math.min(body.length, BODY_SHOWN_MAX), StandardCharsets.UTF_8);
        return new Reply(head.code, head.revision, shown);
    }

    @Override
    public void close() {
        try {
            if (connection != null) {
                connection.socket.close();
            }
        } catch (IOException e) {
            // it is given up either way
        }
        connection = null;
    }

    private Connection connect() throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MS);
            int port = target.getPort() < 0 ? 80 : target.getPort();
            socket.connect(new InetSocketAddress(target.getHost(), port), TIMEOUT_MS);
            return new Connection(socket, new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private byte[] request() {
        String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
        String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
        return ("GET " + path + query + " HTTP/1.1\r\nHost: " + host + "\r\n"
                        + (cookie == null ? "" : "Cookie: " + cookie + "\r\n") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private Head head(InputStream in) throws IOException {
        String status = line(in);
        if (status.length() < 12) {
            throw new IOException("not an HTTP answer: '" + status + "'");
        }
        String revision = null;
        int length = -1;
        boolean chunked = false;
        boolean close = false;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = Math.max(line.indexOf(':'), 0);
            String value = line.substring(Math.min(colon + 1, line.length())).trim();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = Integer.parseInt(value);
                case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                case "connection" -> close = value.equalsIgnoreCase("close");
                case "set-cookie" -> cookie = value.split(";", 2)[0];
                case "x-service-revision" -> revision = value;
                default -> {}
            }
        }
        int code = Integer.parseInt(status.substring(9, 12));
        return new Head(code, revision, code == 204 || code == 304 ? 0 : length, chunked, close);
    }

    private static byte[] sized(InputStream in, int length) throws IOException {
        if (length < 0) {
            return in.readAllBytes();
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("cut off after " + body.length + " of " + length + " bytes");
        }
        return body;
    }

    private static byte[] chunks(InputStream in) throws IOException {
        byte[] first = {};
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            byte[] chunk = sized(in, size);
            first = first.length == 0 ? chunk : first;
            line(in);
        }
        for (String trailer = line(in); !trailer.isEmpty(); trailer = line(in)) {
            continue;
        }
        return first;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection was closed within an answer");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
