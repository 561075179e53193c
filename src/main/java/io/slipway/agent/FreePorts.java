package io.slipway.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loopback ports that nobody listens on, from below those that the kernel hands to whoever asks for any (ip(7), {@code
 * ip_local_port_range}): a port that is kept for a server is not lost to somebody's outgoing connection while the server is away.
 */
public final class FreePorts {
    private static final Path HANDED_OUT = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int LOWEST = 10_000;
    private static final int COUNT = 20_000;
    /** Counts on, so that no port is taken twice before its server listens. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePorts() {}

    /**
     * Takes one; each call another one.
     *
     * @return 1 to 65,535
     * @throws IOException if the kernel gives none
     */
    public static int take() throws IOException {
        // By lines: the kernel answers one read of this file, and no second one.
        int end = new Scanner(Files.readAllLines(HANDED_OUT).getFirst()).nextInt();
        for (int i = 0; i < COUNT; i++) {
            int port = LOWEST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (port < end && isFree(port)) {
                return port;
            }
        }
        // A range that begins below ours leaves the kernel's own choice.
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /** Whether a server could listen there now. */
    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
