package io.slipway.app.demo;

import io.slipway.app.demo.LoadClient.Reply;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that use a service through the edge at a fixed total rate (open loop: a slow answer delays no other client, and
 * its own client catches up). Each has a cookie and a kept connection of its own, as browsers do. Requests are GETs; none
 * is sent twice, so that every failure shows.
 */
public final class Load implements AutoCloseable {
    /** Set by the sample service on every answer that it makes itself: what lacks it was made on the way. */
    public static final String REVISION_HEADER = "X-Service-Revision";

    private static final int DESCRIBED_MAX = 5;
    private final URI target;
    private final String host;
    private final int clients;
    private final double requestsPerSecond;
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, AtomicLong> byRevision = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong ok = new AtomicLong();
    private final AtomicLong serviceErrors = new AtomicLong();
    private final AtomicLong failedByUs = new AtomicLong();
    private volatile boolean running;

    /**
     * What has happened so far. {@code sent = ok + serviceErrors + failedByUs} once stopped; less the ones under way before.
     *
     * @param serviceErrors 5xx with the service's own marker
     * @param failedByUs refused or reset connections, timeouts, cut bodies, errors without the service's marker
     * @param failures the first few of those, in words
     * @param byRevision answers with the marker, by its value
     */
    public record Snapshot(
            long sent,
            long ok,
            long serviceErrors,
            long failedByUs,
            List<String> failures,
            Map<String, Long> byRevision) {}

    /**
     * @param target where the edge listens, and the path to get: {@code http://127.0.0.1:8000/}
     * @param host the Host header, by which the edge routes
     * @param clients at least the rate times the longest usual answer in seconds, or the rate is not reached
     */
    public Load(URI target, String host, int clients, double requestsPerSecond) {
        if (clients < 1 || !(requestsPerSecond > 0)) {
            throw new IllegalArgumentException(
                    clients + " clients at " + requestsPerSecond + " requests/s: both must be above 0");
        }
        this.target = target;
        this.host = host;
        this.clients = clients;
        this.requestsPerSecond = requestsPerSecond;
    }

    /** Starts the clients, spread evenly over their common period. */
    public synchronized void start() {
        running = true;
        long periodNanos = (long) (clients / requestsPerSecond * 1e9);
        long startNanos = System.nanoTime();
        for (int i = 0; i < clients; i++) {
            long first = startNanos + periodNanos * i / clients;
            threads.add(Thread.ofVirtual().name("client-" + i).start(() -> use(first, periodNanos)));
        }
    }

    /** Lets requests under way end, and tells how it went. */
    public synchronized Snapshot stop() throws InterruptedException {
        running = false;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
        return snapshot();
    }

    public Snapshot snapshot() {
        Map<String, Long> revisions = new TreeMap<>();
        byRevision.forEach((revision, n) -> revisions.put(revision, n.get()));
        synchronized (failures) {
            return new Snapshot(
                    sent.get(), ok.get(), serviceErrors.get(), failedByUs.get(), List.copyOf(failures), revisions);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }

    private void use(long first, long periodNanos) {
        try (LoadClient client = new LoadClient(target, host)) {
            for (long due = first; awaitUntil(due); due += periodNanos) {
                sent.incrementAndGet();
                try {
                    record(client.get());
                } catch (IOException e) {
                    fail(e.toString());
                    client.close();
                }
            }
        }
    }

    /** False when the load is stopped meanwhile. */
    private boolean awaitUntil(long due) {
        for (long left = due - System.nanoTime(); running && left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return running;
    }

    private void record(Reply reply) {
        String revision = reply.revision();
        if (revision != null) {
            byRevision.computeIfAbsent(revision, r -> new AtomicLong()).incrementAndGet();
            (reply.code() < 500 ? ok : serviceErrors).incrementAndGet();
        } else if (reply.code() < 400) {
            ok.incrementAndGet();
        } else {
            fail("status " + reply.code() + " without " + REVISION_HEADER + ": " + reply.body());
        }
    }

    private void fail(String what) {
        failedByUs.incrementAndGet();
        synchronized (failures) {
            if (failures.size() < DESCRIBED_MAX) {
                failures.add(what);
            }
        }
    }
}
