package io.slipway.outbound;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One HTTP/1.1 POST to an address that was resolved beforehand (RFC 9112). Follows no redirect and reads no body: only status and headers
 * matter. The JDK's client resolves by itself, so it cannot be held to an address that was checked.
 */
final class PinnedPost {
    private static final int HEAD_BYTES_MAX = 32 * 1024;
    private final Duration timeout;

    PinnedPost(Duration timeout) {
        this.timeout = timeout;
    }

    /** Header names in lower case. */
    record Answer(int status, Map<String, String> headers) {}

    Answer send(WebhookAddress.Target target, Map<String, String> headers, String body) throws IOException {
        try (Socket plain = new Socket()) {
            int timeoutMs = Math.toIntExact(timeout.toMillis());
            plain.connect(new InetSocketAddress(target.address(), target.port()), timeoutMs);
            plain.setSoTimeout(timeoutMs);
            Socket socket = target.uri().getScheme().equalsIgnoreCase("https") ? secured(plain, target) : plain;
            socket.getOutputStream().write(request(target, headers, body));
            socket.getOutputStream().flush();
            return answer(new BufferedInputStream(socket.getInputStream()));
        }
    }

    private static Socket secured(Socket plain, WebhookAddress.Target target) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, target.uri().getHost(), target.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] request(WebhookAddress.Target target, Map<String, String> headers, String body)
            throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String path = target.uri().getRawPath().isEmpty() ? "/" : target.uri().getRawPath();
        String query =
                target.uri().getRawQuery() == null ? "" : "?" + target.uri().getRawQuery();
        StringBuilder head = new StringBuilder("POST " + path + query + " HTTP/1.1\r\nHost: "
                + target.uri().getRawAuthority() + "\r\nContent-Type: application/json\r\nContent-Length: "
                + content.length + "\r\nUser-Agent: slipway\r\nConnection: close\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        bytes.write(content);
        return bytes.toByteArray();
    }

    private static Answer answer(InputStream in) throws IOException {
        String[] lines = head(in).split("\r?\n");
        String[] status = lines[0].split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.") || !status[1].matches("[1-5][0-9]{2}")) {
            throw new IOException("the receiver's answer does not begin like HTTP/1.1: '" + cut(lines[0]) + "'");
        }
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        return new Answer(Integer.parseInt(status[1]), headers);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < HEAD_BYTES_MAX) {
            int next = in.read();
            if (next == -1) {
                throw new IOException("the receiver closed the connection before it answered");
            }
            head.append((char) next);
            if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                return head.toString();
            }
        }
        throw new IOException("the receiver's headers are longer than " + HEAD_BYTES_MAX + " bytes");
    }

    private static String cut(String text) {
        return text.length() > 80 ? text.substring(0, 80) : text;
    }
}
