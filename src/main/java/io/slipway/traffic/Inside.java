package io.slipway.traffic;

import io.slipway.traffic.dns.HostResolvers;
import io.slipway.traffic.dns.NameCounts;
import io.slipway.traffic.dns.NameServer;
import io.slipway.traffic.dns.Subnet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the edge does on the network of its host's containers: it serves them at its own port there, and answers their questions for names. Told by the
 * agent, and kept on disk, so that an edge that starts does it without being told. Blocks: not for event loops.
 */
final class Inside {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
    private static final int TRIES = 20;
    /** Below those that the kernel hands to whoever asks for any. */
    private static final int LOWEST = 10_000;

    private static final int COUNT = 20_000;
    private static final long PATIENCE_S = 30;

    private final Vertx vertx;
    private final List<EdgeLoop> loops;
    private final ProxyOptions options;
    private final LiveRoutes live;
    private final NameCounts counts;
    private final Path file;
    private Optional<String> names = Optional.empty();
    private @Nullable Place now;

    /** As it is kept. */
    record Place(Subnet at, int dnsPort) {}

    /**
     * What a host's agent is told.
     *
     * @param port at which containers are served, at the host's address on their network
     * @param dnsPort the same for their questions, by UDP and TCP
     * @param domain below which all services have names
     */
    record Served(int port, int dnsPort, String domain) {}

    Inside(Vertx vertx, List<EdgeLoop> loops, ProxyOptions options, LiveRoutes live, NameCounts counts) {
        this.vertx = vertx;
        this.loops = loops;
        this.options = options;
        this.live = live;
        this.counts = counts;
        this.file = options.stateDirectory().resolve("inside.json");
    }

    /** Serves there again, if it did before; the edge starts in any case. */
    synchronized void restore() {
        try {
            if (Files.exists(file)) {
                Place last = JSON.readValue(Files.readAllBytes(file), Place.class);
                open(last.at(), last.dnsPort());
            }
        } catch (IOException | JacksonException e) {
            System.err.println("containers are not served by the edge: " + e.getMessage()
                    + "; clients outside are. The host's agent tells it again where to");
        }
    }

    /**
     * Serves the containers of a network, instead of those of before. Does nothing if it does already.
     *
     * @throws IOException if the address is not the host's, or the port there is taken
     */
    synchronized Served serve(Subnet at) throws IOException {
        Place known = now;
        if (known == null || !known.at().equals(at)) {
            close();
            known = open(at, port());
            Snapshot.replace(file, JSON.writeValueAsBytes(known));
        }
        return new Served(loops.getFirst().actualPort(), known.dnsPort(), NameServer.DOMAIN);
    }

    private static int port() {
        return LOWEST + ThreadLocalRandom.current().nextInt(COUNT);
    }

    private Place open(Subnet at, int firstPort) throws IOException {
        try {
            if (!options.servesEverywhere()) {
                for (EdgeLoop loop : loops) {
                    await(loop.serveAlso(at.address()), "serving containers at " + at.address());
                }
            }
            Place made = new Place(at, answerNames(at, firstPort));
            now = made;
            return made;
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private int answerNames(Subnet at, int firstPort) throws IOException {
        int port = firstPort;
        for (int tried = 1; ; tried++) {
            try {
                NameServer server = new NameServer(
                        at, port, name -> live.routes().hasService(name), new HostResolvers(RESOLV_CONF), counts);
                names = Optional.of(
                        await(vertx.deployVerticle(server), "answering names at " + at.address() + ":" + port));
                return port;
            } catch (IOException e) {
                if (tried == TRIES) {
                    throw e;
                }
                port = port();
            }
        }
    }

    private void close() throws IOException {
        now = null;
        for (EdgeLoop loop : loops) {
            await(loop.serveOnlyOwn(), "leaving a network of containers");
        }
        if (names.isPresent()) {
            await(vertx.undeploy(names.get()), "leaving a network of containers");
        }
        names = Optional.empty();
    }

    private static <T> T await(Future<T> future, String what) throws IOException {
        try {
            return future.await(PATIENCE_S, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
    }
}
