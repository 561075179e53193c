package io.slipway.image.registry;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 server on loopback, written byte by byte so that it can do what no proper one does. */
final class StubServer implements AutoCloseable {
    private final ServerSocket listening;
    private final String scheme;
    private final Handler handler;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** What was asked. Header names in lower case. */
    record Request(String method, String path, String query, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /**
     * What is said.
     *
     * @param cutAfter bytes of head and body together after which the connection is closed; negative for never
     * @param stall instead of closing, nothing more is sent until the other end has gone
     */
    record Reply(int status, Map<String, String> headers, byte[] body, int cutAfter, boolean stall) {
        static Reply of(int status, Map<String, String> headers, byte[] body) {
            return new Reply(status, headers, body, -1, false);
        }

        static Reply text(int status, String body) {
            return of(status, Map.of("Content-Type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
        }

        Reply with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new Reply(status, more, body, cutAfter, stall);
        }

        Reply body(byte[] other) {
            return new Reply(status, headers, other, cutAfter, stall);
        }

        Reply cut(int bytes) {
            return new Reply(status, headers, body, bytes, false);
        }

        Reply stallAfter(int bytes) {
            return new Reply(status, headers, body, bytes, true);
        }

        int headBytes() {
            return head().length;
        }

        byte[] head() {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
            headers.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            if (!headers.containsKey("Content-Length") && !headers.containsKey("Transfer-Encoding")) {
                head.append("Content-Length: ").append(body.length).append("\r\n");
            }
            return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Decides what is said. */
    interface Handler {
        Reply answer(Request request);
    }

    StubServer(Handler handler) throws IOException {
        this(handler, "http", ServerSocketFactory.getDefault());
    }

    StubServer(Handler handler, String scheme, ServerSocketFactory sockets) throws IOException {
        this.handler = handler;
        this.scheme = scheme;
        this.listening = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    String host() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    URI uri(String path) {
        return URI.create(scheme + "://" + host() + path);
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    void forgetRequests() {
        requests.clear();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                open.add(socket);
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                InputStream in = new BufferedInputStream(socket.getInputStream());
                OutputStream out = new BufferedOutputStream(socket.getOutputStream())) {
            for (Request request = read(in); request != null; request = read(in)) {
                requests.add(request);
                if (!write(out, in, handler.answer(request))) {
                    return;
                }
            }
        } catch (IOException e) {
            // The other end has gone, or a test has ended.
        } finally {
            open.remove(socket);
        }
    }

    /** Null at the end. */
    private static @Nullable Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            return null;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        String body = new String(
                in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))), StandardCharsets.UTF_8);
        int space = first.indexOf(' ');
        String target = first.substring(space + 1, first.lastIndexOf(' '));
        int question = target.indexOf('?');
        return new Request(
                first.substring(0, space),
                question < 0 ? target : target.substring(0, question),
                question < 0 ? "" : target.substring(question + 1),
                headers,
                body);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) >= 0 && c != '\n') {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** False when the connection is over. */
    private static boolean write(OutputStream out, InputStream in, Reply reply) throws IOException {
        byte[] head = reply.head();
        byte[] all = new byte[head.length + reply.body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(reply.body, 0, all, head.length, reply.body.length);
        int count = reply.cutAfter < 0 ? all.length : Math.min(reply.cutAfter, all.length);
        out.write(all, 0, count);
        out.flush();
        if (reply.cutAfter < 0) {
            return !reply.headers.getOrDefault("Connection", "").equals("close");
        }
        while (reply.stall && in.read() >= 0) {
            // Until it is given up.
        }
        return false;
    }
}
