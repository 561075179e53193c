package io.slipway.traffic;

import io.slipway.traffic.RawClient.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Clients in a closed loop on kept connections; nothing is repeated, everything is told. */
final class Crowd {
    final Map<String, AtomicLong> answers = new ConcurrentHashMap<>();
    final List<String> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running = true;

    /** @param request sent again and again by each client; {@code reconnectEvery} requests it takes a new connection */
    Crowd(int port, int clients, int reconnectEvery, String request) {
        for (int i = 0; i < clients; i++) {
            threads.add(Thread.ofVirtual().start(() -> use(port, reconnectEvery, request)));
        }
    }

    long answered() {
        return answers.values().stream().mapToLong(AtomicLong::get).sum();
    }

    long answered(String key) {
        AtomicLong n = answers.get(key);
        return n == null ? 0 : n.get();
    }

    void stop() {
        running = false;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void use(int port, int reconnectEvery, String request) {
        while (running) {
            try (RawClient client = new RawClient(port)) {
                for (int i = 0; running && i < reconnectEvery; i++) {
                    Reply reply = client.send(request);
                    String key = reply.code() == 200 ? reply.text() : Integer.toString(reply.code());
                    answers.computeIfAbsent(key, k -> new AtomicLong()).incrementAndGet();
                }
            } catch (IOException e) {
                failures.add(e.toString());
            }
        }
    }
}
