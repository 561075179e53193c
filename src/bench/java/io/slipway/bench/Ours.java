package io.slipway.bench;

import io.slipway.linux.CallResult;
import io.slipway.sandbox.CallWords;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Network;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Our runtime in this process. */
final class Ours implements AutoCloseable {
    private final Sandboxes sandboxes;
    private final AtomicInteger number = new AtomicInteger();

    private final Path state;

    Ours(BenchRoot bench) throws IOException {
        this(bench.state());
    }

    Ours(Path state) throws IOException {
        this(state, Optional.empty());
    }

    Ours(Path state, Optional<Network> network) throws IOException {
        this.state = state;
        sandboxes = Sandboxes.open(state, "bench", network);
    }

    /** Starts one, waits for its end and removes it. */
    void once(SandboxSpec spec) throws Exception {
        Sandbox sandbox = start(spec);
        end(sandbox);
        sandboxes.remove(sandbox);
    }

    Sandbox start(SandboxSpec spec) throws IOException {
        return sandboxes.start(spec.withId("c" + number.incrementAndGet()));
    }

    void remove(Sandbox sandbox) throws Exception {
        sandboxes.remove(sandbox);
    }

    private static void end(Sandbox sandbox) throws Exception {
        Exit exit = sandbox.awaitExit(Duration.ofSeconds(10)).orElseThrow();
        if (exit.code() != 0) {
            throw new IOException("a run of ours ended with: " + exit.text());
        }
    }

    /** As {@link #once}, adding to each part's list how long it took; milliseconds. */
    void taken(SandboxSpec spec, Map<String, List<Double>> parts) throws Exception {
        long begin = System.nanoTime();
        Sandbox sandbox = start(spec);
        long started = System.nanoTime();
        end(sandbox);
        long ended = System.nanoTime();
        List<CallResult> calls = sandbox.explain().calls();
        long before = System.nanoTime();
        sandboxes.remove(sandbox);
        long removed = System.nanoTime();
        double start = (started - begin) / 1e6;
        double agent = sum(calls, c -> c.by().equals("agent") && !c.call().equals("clone3"));
        double clone = sum(calls, c -> c.call().equals("clone3"));
        double child = sum(calls, c -> c.by().equals("child") && !CallWords.waits(c));
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("start() returns", start);
        values.put("- calls of the agent that an explanation lists: cgroups, files, id maps, record; some while the child is made or mounts", agent);
        values.put("- clone3: the kernel makes the namespaces, of the network above all", clone);
        values.put("- calls of the child: cgroups joined, mounts, devices, masks, privileges", child);
        values.put("- the rest: execve of pid 1, threads woken, Java; less what agent and child did at the same time", start - agent - clone - child);
        values.put("then the exit is known", (ended - started) / 1e6);
        values.put("- of which pid 1 waited for the application", sum(calls, c -> c.by().equals("pid 1") && c.call().startsWith("wait")));
        values.put("then remove() returns: cgroups removed, files set aside", (removed - before) / 1e6);
        values.forEach((part, ms) -> parts.computeIfAbsent(part, p -> new ArrayList<>()).add(ms));
    }

    private static double sum(List<CallResult> calls, Predicate<CallResult> which) {
        return calls.stream().filter(which).mapToDouble(CallResult::micros).filter(m -> !Double.isNaN(m)).sum() / 1e3;
    }

    /** Returns once a removed container's files are gone too. */
    void settle() throws Exception {
        long end = System.nanoTime() + 10_000_000_000L;
        while (removedFilesAreLeft() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private boolean removedFilesAreLeft() throws IOException {
        try (var all = Files.list(state)) {
            return all.anyMatch(p -> p.getFileName().toString().startsWith(".removed-"));
        }
    }

    /** Directories of this runtime's in all cgroup hierarchies. */
    long cgroups() throws IOException {
        long found = 0;
        try (var hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            for (Path hierarchy : hierarchies.toList()) {
                Path own = hierarchy.resolve("slipway").resolve(sandboxes.cgroupName());
                if (Files.isDirectory(own)) {
                    try (var below = Files.walk(own)) {
                        found += below.filter(Files::isDirectory).count();
                    }
                }
            }
        }
        return found;
    }

    @Override
    public void close() throws IOException {
        sandboxes.close();
    }
}
