package io.slipway.traffic;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A replica on a real socket that does with each request exactly what a test says, byte by byte. */
final class StubBackend implements AutoCloseable {
    /** What to do with a request whose head has been read; false ends the connection. */
    interface Behaviour {
        boolean on(String head, InputStream body, OutputStream out, Socket socket) throws IOException;
    }

    final AtomicLong requests = new AtomicLong();
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;
    private volatile Behaviour behaviour;

    StubBackend(Behaviour behaviour) throws IOException {
        this(0, behaviour);
    }

    StubBackend(int port, Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new java.net.InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 512);
        acceptor = Thread.ofVirtual().start(this::accept);
    }

    /** Answers every request with 200 and this text. */
    static StubBackend saying(String text) throws IOException {
        return new StubBackend((head, body, out, socket) -> answer(out, text));
    }

    static boolean answer(OutputStream out, String text) throws IOException {
        out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text)
                .getBytes(StandardCharsets.ISO_8859_1));
        return true;
    }

    static boolean raw(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return true;
    }

    int port() {
        return server.getLocalPort();
    }

    void become(Behaviour other) {
        behaviour = other;
    }

    /** As kill -9 looks from outside: the listener is gone and every connection is reset. */
    void kill() throws IOException {
        server.close();
        // While a virtual thread waits in accept the kernel goes on listening until it has come back from there.
        awaitAcceptor();
        for (Socket socket : sockets) {
            reset(socket);
        }
    }

    private void awaitAcceptor() {
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void reset(Socket socket) throws IOException {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (SocketException e) {
            // The thread that serves it has closed it meanwhile, as its peer did.
            return;
        }
        socket.close();
    }

    @Override
    public void close() throws IOException {
        kill();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String head = head(in);
            while (!head.isEmpty()) {
                requests.incrementAndGet();
                if (!behaviour.on(head, in, socket.getOutputStream(), socket)) {
                    return;
                }
                head = head(in);
            }
        } catch (IOException e) {
            // reset by the other side, or by kill()
        } finally {
            sockets.remove(socket);
        }
    }

    /** Up to the empty line; empty at the end of the stream. */
    static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int state = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            state = b == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : b == '\r' ? 1 : 0;
            if (state == 4) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }
}
