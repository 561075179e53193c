package io.slipway.app.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A small HTTP service to release in the demonstration: {@code /} answers its version, {@code /healthz} that it is well. It needs java.base alone, as
 * its image holds nothing else. SIGTERM lets requests in flight finish.
 */
public final class SampleService implements AutoCloseable {
    private static final int BACKLOG = 1024;
    /** Holds a usual request's head. After a stall there are a thousand connections at once, and the heap is small. */
    private static final int BUFFER_BYTES = 512;

    private static final long QUIET_MS = 200;
    private static final long DRAIN_MS_MAX = 10_000;

    private final SampleSettings settings;
    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong inFlight = new AtomicLong();
    private volatile long lastRequestNanos = System.nanoTime();
    private volatile boolean draining;

    private SampleService(SampleSettings settings, ServerSocket listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /** In a container. */
    public static void main(String[] args) throws IOException, InterruptedException {
        SampleSettings settings = SampleSettings.of(System.getenv());
        TimeUnit.MILLISECONDS.sleep(settings.startMs());
        SampleService service = start(settings, null);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            service.close();
            System.out.println("stopped after SIGTERM, all requests answered");
            // The hook runs while the JVM would exit with 143; a service that did as it was told exits with 0.
            Runtime.getRuntime().halt(0);
        }));
        System.out.println("version " + service.settings.version() + " listens on port " + service.port());
        service.accept();
    }

    /** @param address null is every address */
    static SampleService start(SampleSettings settings, @Nullable InetAddress address) throws IOException {
        return new SampleService(settings, new ServerSocket(settings.port(), BACKLOG, address));
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Returns when the service is closed. */
    void accept() throws IOException {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (SocketException e) {
            if (!draining) {
                throw e;
            }
        }
    }

    /** Answers what is on its way, also on connections that are open, then lets go. */
    @Override
    public void close() {
        draining = true;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MS_MAX);
        try {
            while (System.nanoTime() < deadline && !quiet()) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            listener.close();
        } catch (IOException e) {
            System.err.println("cannot close the listener: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.forEach(SampleService::quietly);
    }

    private boolean quiet() {
        return inFlight.get() == 0 && System.nanoTime() - lastRequestNanos > TimeUnit.MILLISECONDS.toNanos(QUIET_MS);
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            BufferedInputStream in = new BufferedInputStream(connection.getInputStream(), BUFFER_BYTES);
            OutputStream out = connection.getOutputStream();
            boolean open = true;
            while (open) {
                Optional<SampleRequest> request = SampleRequest.read(in);
                open = request.isPresent() && answer(request.get(), out);
            }
        } catch (IOException | IllegalArgumentException e) {
            // The client went away, or speaks no HTTP: only this connection ends.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    private boolean answer(SampleRequest request, OutputStream out) throws IOException, InterruptedException {
        inFlight.incrementAndGet();
        try {
            lastRequestNanos = System.nanoTime();
            boolean keepAlive = request.keepAlive() && !draining;
            out.write(
                    switch (request.path()) {
                        case "/healthz" -> answer(200, "OK", "{\"healthy\":true}", keepAlive);
                        case "/" -> work(keepAlive);
                        default -> answer(404, "Not Found", "{\"error\":\"not found\"}", keepAlive);
                    });
            out.flush();
            return keepAlive;
        } finally {
            inFlight.decrementAndGet();
        }
    }

    private byte[] work(boolean keepAlive) throws InterruptedException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(settings.workUs());
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        if (settings.leakKib() > 0) {
            Arena.global().allocate(settings.leakKib() << 10).fill((byte) 1);
        }
        long waitMs = settings.waitMs() + (random.nextDouble() < settings.slowShare() ? settings.slowMs() : 0);
        if (waitMs > 0) {
            TimeUnit.MILLISECONDS.sleep(waitMs);
        }
        String version = "\"version\":\"" + settings.version() + "\"";
        return random.nextDouble() < settings.errorShare()
                ? answer(500, "Internal Server Error", "{\"error\":\"it broke\"," + version + "}", keepAlive)
                : answer(200, "OK", "{" + version + "}", keepAlive);
    }

    private byte[] answer(int status, String reason, String json, boolean keepAlive) {
        return SampleRequest.answer(status, reason, settings.version(), json, keepAlive);
    }

    private static void quietly(Socket connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // It is closed, which is what was wanted.
        }
    }
}
