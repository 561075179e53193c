package io.slipway.agent;

import io.slipway.release.Probe;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Asks a replica whether it is ready: an HTTP answer of 200 to 399, or a TCP connection where no path is given. */
record ReadinessProbe(String address, int port, Optional<String> httpPath, Duration timeout) {
    private static final int STATUS_LINE_MAX = 200;

    /** @throws IOException when the probe names a port that the process does not have */
    static ReadinessProbe of(Probe probe, Map<String, Integer> ports, Optional<String> address) throws IOException {
        Integer port = ports.get(probe.port());
        if (port == null) {
            throw new IOException("readiness names port '" + probe.port() + "', which is not among " + ports.keySet());
        }
        return new ReadinessProbe(address.orElse("127.0.0.1"), port, probe.httpPath(), probe.timeout());
    }

    /** Why it is not ready, in plain words; empty when it is. */
    Optional<String> ask() {
        int millis = (int) Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), millis);
            socket.setSoTimeout(millis);
            return httpPath.isPresent() ? get(socket, httpPath.get()) : Optional.empty();
        } catch (IOException e) {
            return Optional.of(address + ":" + port + ": " + e.getMessage());
        }
    }

    private Optional<String> get(Socket socket, String path) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + address + ":" + port
                + "\r\nUser-Agent: slipway-readiness\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        String line = statusLine(socket.getInputStream());
        String[] word = line.split(" ", 3);
        if (word.length < 2 || !word[0].startsWith("HTTP/")) {
            return Optional.of("GET " + path + " got no HTTP answer");
        }
        boolean ready = word[1].length() == 3 && (word[1].startsWith("2") || word[1].startsWith("3"));
        return ready ? Optional.empty() : Optional.of("GET " + path + " was answered " + word[1]);
    }

    /** Reads no more than it needs: what answers here is not trusted. */
    private String statusLine(InputStream in) throws IOException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n' && line.length() < STATUS_LINE_MAX; c = in.read()) {
            line.append((char) c);
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new SocketTimeoutException("no answer within " + timeout.toMillis() + " ms");
            }
        }
        return line.toString();
    }
}
