package io.slipway.bench;

import io.slipway.sandbox.Connection;
import io.slipway.sandbox.PublishedPort;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.network.BridgeNetwork;
import io.slipway.sandbox.network.NetworkOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What a network adds to a start, and the same by {@code ip}. Arguments: rounds, file for the table. */
public final class NetworkBench {
    private static final int WARM_UP = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private final Map<String, List<Double>> starts = new LinkedHashMap<>();
    private final Map<String, List<Double>> removals = new LinkedHashMap<>();
    private final BenchRoot bench;
    private final Ours ours;
    private final Ours oursFour;

    private NetworkBench(BenchRoot bench, Ours ours, Ours oursFour) {
        this.bench = bench;
        this.ours = ours;
        this.oursFour = oursFour;
    }

    public static void main(String[] args) throws Exception {
        try (BenchRoot bench = BenchRoot.make()) {
            Path state = bench.state();
            BridgeNetwork network = BridgeNetwork.open(state.resolveSibling("network"), "slipwaybench");
            BridgeNetwork four = BridgeNetwork.open(
                    state.resolveSibling("network4"), "slipwaybnch4", NetworkOptions.DEFAULT.withIpv6(false));
            try (Ours ours = new Ours(state, Optional.of(network));
                    Ours oursFour = new Ours(state.resolveSibling("state4"), Optional.of(four))) {
                NetworkBench it = new NetworkBench(bench, ours, oursFour);
                it.measure(WARM_UP);
                it.starts.clear();
                it.removals.clear();
                it.measure(Integer.parseInt(args[0]));
                String table = it.table(Integer.parseInt(args[0]));
                Files.writeString(Path.of(args[1]), table);
                System.out.print(table);
            } finally {
                network.deleteBridge();
                four.deleteBridge();
            }
        }
    }

    /** In turn, shuffled, as the machine has faster and slower moments. */
    private void measure(int rounds) throws Exception {
        SandboxSpec without = bench.spec("/bin/true").withLimits(Limits.of(128L << 20, 1, 64));
        Connection published = new Connection("default", List.of(PublishedPort.parse("127.0.0.1:39080:80")));
        Random random = new Random(1);
        for (int i = 0; i < rounds; i++) {
            List<Work> turn = new ArrayList<>(List.of(
                    () -> once("without a network", ours, without),
                    () -> once("IPv4", oursFour, without.withNetwork(Connection.DEFAULT)),
                    () -> once("IPv4 and IPv6", ours, without.withNetwork(Connection.DEFAULT)),
                    () -> once("IPv4 and IPv6, a port published", ours, without.withNetwork(published))));
            Collections.shuffle(turn, random);
            for (Work work : turn) {
                work.run();
            }
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private void once(String what, Ours runtime, SandboxSpec spec) throws Exception {
        long begin = System.nanoTime();
        Sandbox sandbox = runtime.start(spec);
        long started = System.nanoTime();
        if (sandbox.awaitExit(PATIENCE).isEmpty()) {
            throw new IllegalStateException(what + ": /bin/true did not end within " + PATIENCE);
        }
        long ended = System.nanoTime();
        runtime.remove(sandbox);
        long removed = System.nanoTime();
        starts.computeIfAbsent(what, w -> new ArrayList<>()).add((started - begin) / 1e6);
        removals.computeIfAbsent(what, w -> new ArrayList<>()).add((removed - ended) / 1e6);
    }

    private String table(int rounds) {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                """
                # What a network adds to a start

                `start()` of `/bin/true` of busybox, in process, with limits and a user namespace, until it returns; then `remove()` of the ended one; ms. Taken in
                turn, shuffled, in one run of %d rounds, after %d of warm-up. Linux %s, %d cores. A network: a lease on the disk, the counters of the
                packet filter, a veth pair, addresses, routes, all by netlink. Repeat it with `src/bench/network`. Other work ran on the machine:
                compare within the table only.

                | network | start: lowest | median | p95 | more than without, median | remove: median |
                |---|---|---|---|---|---|
                """,
                rounds,
                WARM_UP,
                System.getProperty("os.version").split("-", -1)[0],
                Runtime.getRuntime().availableProcessors()));
        List<Double> base = starts.get("without a network");
        starts.forEach((what, ms) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %s | %.2f | %s |%n",
                what,
                Timing.cells(ms),
                Timing.at(difference(ms, base), 0.5),
                Timing.median(removals.get(what)))));
        return table.toString();
    }

    /** Round by round: what slows one of a round slows the other. */
    private static List<Double> difference(List<Double> ms, List<Double> base) {
        List<Double> more = new ArrayList<>();
        for (int i = 0; i < ms.size(); i++) {
            more.add(ms.get(i) - base.get(i));
        }
        return more;
    }
}
