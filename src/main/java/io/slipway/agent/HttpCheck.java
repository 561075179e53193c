package io.slipway.agent;

import io.slipway.sandbox.health.NetworkQuestion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** Whether a loopback port answers a GET with success. */
record HttpCheck(int port, String path) {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    boolean answers() {
        return NetworkQuestion.ofHost(port, path, TIMEOUT).ask().isEmpty();
    }

    /** Before a server of ours is started: another's answers must not be taken for its. */
    void requireFree() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new IOException(
                    "port " + port + " on 127.0.0.1 is taken by another program (" + e.getMessage()
                            + "); stop that, or choose another port",
                    e);
        }
    }
}
