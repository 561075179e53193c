package io.slipway.traffic.dns;

import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whom the host itself asks (resolv.conf(5)). Those on its loopback are meant for us, too, as we run beside them. */
public final class HostResolvers {
    private static final int PORT = 53;
    private static final String KEYWORD = "nameserver";
    private volatile List<SocketAddress> last = List.of();
    private final Path file;

    public HostResolvers(Path file) {
        this.file = file;
    }

    /** As of the last {@link #look}. */
    List<SocketAddress> known() {
        return last;
    }

    /** Reads the file; if it cannot be read, what was known stays. */
    void look() {
        try {
            List<SocketAddress> found = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                String[] words = line.strip().split("\\s+");
                if (words.length >= 2 && words[0].equals(KEYWORD) && isAddress(words[1])) {
                    found.add(SocketAddress.inetSocketAddress(PORT, words[1]));
                }
            }
            last = List.copyOf(found);
        } catch (IOException e) {
            // Replaced this moment, or gone: the next look tells.
        }
    }

    /** A name would have to be resolved by whom it names. */
    private static boolean isAddress(String text) {
        return text.matches("[0-9.]+") || text.contains(":");
    }
}
