package io.slipway.sandbox.health;

import io.slipway.linux.NamespaceSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks by network: an HTTP answer of 200 to 399, or a TCP connection where no path is given.
 *
 * @param address where it can be reached from here; empty for one that can be reached only from within, at its own 127.0.0.1
 * @param pid in whose network namespace it then is
 * @param atMost for all of it
 */
public record NetworkQuestion(Optional<String> address, int pid, int port, Optional<String> httpPath, Duration atMost) {
    private static final int STATUS_LINE_MAX = 200;
    private static final String WITHIN = "127.0.0.1";

    /** Of a server on this host's own loopback. */
    public static NetworkQuestion ofHost(int port, String path, Duration atMost) {
        return new NetworkQuestion(Optional.of("127.0.0.1"), 0, port, Optional.of(path), atMost);
    }

    /** Why it is not well, in plain words; empty when it is. */
    public Optional<String> ask() {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        String host = address.orElse(WITHIN);
        try (Socket socket = address.isPresent() ? new Socket() : NamespaceSocket.open(pid)) {
            socket.connect(new InetSocketAddress(host, port), leftMs(deadlineNanos));
            return httpPath.isPresent() ? get(socket, host, httpPath.get(), deadlineNanos) : Optional.empty();
        } catch (SocketTimeoutException e) {
            return Optional.of(host + ":" + port + ": no answer within " + atMost.toMillis() + " ms");
        } catch (IOException e) {
            return Optional.of(host + ":" + port + ": " + e.getMessage());
        }
    }

    private Optional<String> get(Socket socket, String host, String path, long deadlineNanos) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + ":" + port
                + "\r\nUser-Agent: slipway-health\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        String[] word = statusLine(socket, deadlineNanos).split(" ", 3);
        if (word.length < 2 || !word[0].startsWith("HTTP/")) {
            return Optional.of("GET " + path + " got no HTTP answer");
        }
        boolean well = word[1].length() == 3 && (word[1].startsWith("2") || word[1].startsWith("3"));
        return well ? Optional.empty() : Optional.of("GET " + path + " was answered " + printable(word[1]));
    }

    /** Reads no more than it needs: what answers here is not trusted. */
    private static String statusLine(Socket socket, long deadlineNanos) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder line = new StringBuilder();
        while (line.length() < STATUS_LINE_MAX) {
            socket.setSoTimeout(leftMs(deadlineNanos));
            int c = in.read();
            if (c < 0 || c == '\n') {
                break;
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static int leftMs(long deadlineNanos) throws SocketTimeoutException {
        long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(leftMs, Integer.MAX_VALUE);
    }

    private static String printable(String word) {
        return word.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
