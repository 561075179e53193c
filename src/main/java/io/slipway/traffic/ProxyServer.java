package io.slipway.traffic;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The edge: one per host. Starts with the routes it last had, serves, and drains when it is closed. */
public final class ProxyServer implements AutoCloseable {
    private static final long START_TIMEOUT_S = 30;
    private final ProxyOptions options;
    private final RandomAccessFile lockFile;
    private final Vertx vertx;
    private final List<EdgeLoop> loops = new ArrayList<>();
    private final Counters counters;
    private final LiveRoutes live;
    private final Inside inside;
    private final AdminEndpoint admin;
    private boolean closed;

    private ProxyServer(ProxyOptions options, RandomAccessFile lockFile) throws IOException {
        this.options = options;
        this.lockFile = lockFile;
        int count = Runtime.getRuntime().availableProcessors();
        counters = new Counters(count, Clock.systemUTC());
        live = new LiveRoutes(counters);
        Snapshot snapshot = new Snapshot(options.stateDirectory());
        snapshot.load().ifPresent(live::apply);
        String token = token(options.tokenFile());
        vertx = quietVertx();
        Health health = new Health(vertx, live);
        for (int i = 0; i < count; i++) {
            loops.add(new EdgeLoop(i, options, live, counters, health));
        }
        inside = new Inside(vertx, loops, options, live, counters.names);
        admin = new AdminEndpoint(options.adminPort(), token, live, counters, snapshot, inside);
    }

    private void listen() throws IOException {
        Iterator<EdgeLoop> next = loops.iterator();
        await(
                vertx.deployVerticle(next::next, new DeploymentOptions().setInstances(loops.size())),
                "listening on " + options.host() + ":" + options.port());
        inside.restore();
        await(vertx.deployVerticle(admin, new DeploymentOptions()), "listening on 127.0.0.1:" + options.adminPort());
        writeReady(counters.instance);
    }

    /**
     * Starts an edge; on return it serves, and {@code ready.json} in the state directory names its addresses.
     *
     * @throws IOException when an address is taken, the state directory is another edge's, or its snapshot cannot be read
     */
    public static ProxyServer start(ProxyOptions options) throws IOException {
        Files.createDirectories(options.stateDirectory());
        RandomAccessFile file =
                new RandomAccessFile(options.stateDirectory().resolve("lock").toFile(), "rw");
        @Nullable ProxyServer server = null;
        boolean started = false;
        try {
            lock(file, options.stateDirectory());
            server = new ProxyServer(options, file);
            server.listen();
            started = true;
            return server;
        } finally {
            if (!started && server != null) {
                server.close();
            }
            if (!started) {
                file.close();
            }
        }
    }

    /** Runs an edge until SIGTERM or SIGINT; then drains, and ends the process with 0. Prints a line once it serves. */
    public static void run(ProxyOptions options) throws IOException, InterruptedException {
        ProxyServer server = start(options);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            Runtime.getRuntime().halt(0); // the JVM's own status after a signal would be 143
                        },
                        "drain"));
        System.out.println(
                "ready listen=" + options.host() + ":" + server.port() + " admin=127.0.0.1:" + server.adminPort());
        Thread.currentThread().join();
    }

    public int port() {
        return loops.getFirst().actualPort();
    }

    public int adminPort() {
        return admin.actualPort();
    }

    /** Stops accepting, lets requests in flight end within the grace, and frees everything. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        List<Future<Void>> drained =
                loops.stream().map(loop -> loop.drain(options.grace())).toList();
        try {
            await(Future.join(drained), "draining");
            await(vertx.close(), "closing");
            Files.deleteIfExists(readyFile());
            lockFile.close();
        } catch (IOException e) {
            System.err.println("closing the edge: " + e.getMessage() + "; the process ends anyway");
        }
    }

    private void writeReady(String instance) throws IOException {
        Map<String, Object> ready = new LinkedHashMap<>();
        ready.put("listen", options.host() + ":" + port());
        ready.put("admin", "127.0.0.1:" + adminPort());
        ready.put("pid", ProcessHandle.current().pid());
        ready.put("instance", instance);
        Snapshot.replace(readyFile(), JsonMapper.shared().writeValueAsBytes(ready));
    }

    private Path readyFile() {
        return options.stateDirectory().resolve("ready.json");
    }

    private <T> T await(Future<T> future, String what) throws IOException {
        try {
            return future.await(options.grace().toSeconds() + START_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
    }

    private static void lock(RandomAccessFile file, Path directory) throws IOException {
        try {
            FileLock lock = file.getChannel().tryLock();
            if (lock != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // another edge of this same process: the same answer
        }
        throw new IOException(
                "locking " + directory + ": another edge runs on this state directory; give each its own");
    }

    private static String token(Path file) throws IOException {
        String token = Files.readString(file).strip();
        if (token.isEmpty()) {
            throw new IOException("reading the admin token from " + file + ": the file is empty; put a token in it");
        }
        return token;
    }

    /** Without a cache directory, and logging warnings only, through java.util.logging. */
    private static Vertx quietVertx() {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        System.setProperty("vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.JULLogDelegateFactory");
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }
}
