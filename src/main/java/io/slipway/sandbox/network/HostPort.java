package io.slipway.sandbox.network;

import io.slipway.sandbox.PublishedPort;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks that no program of the host listens where a port is to be published: packets would not reach it any more. */
final class HostPort {
    private HostPort() {}

    /** @throws IOException if the port is in use, or the address is none of the host's */
    static void check(PublishedPort port) throws IOException {
        InetSocketAddress place = new InetSocketAddress(InetAddress.getByName(port.address()), port.hostPort());
        try {
            if (port.protocol() == PublishedPort.Protocol.UDP) {
                new DatagramSocket(place).close();
            } else {
                try (ServerSocket socket = new ServerSocket()) {
                    socket.setReuseAddress(true);
                    socket.bind(place);
                }
            }
        } catch (IOException e) {
            throw new IOException(
                    "port " + port + " cannot be published: " + e.getMessage() + ". See who listens there with "
                            + "'ss -ltunp', or publish at another port",
                    e);
        }
    }
}
