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

/** What a network adds to a start. Arguments: rounds, file for the table. */
public final class NetworkBench {
    private static final int WARM_UP = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** By then the kernel has taken apart what the container before had: namespaces, its end of the link. */
    private static final Duration ALONE = Duration.ofMillis(40);

    private static final String WITHOUT = "without a network";

    private final Map<String, List<Double>> alone = new LinkedHashMap<>();
    private final Map<String, List<Double>> inRow = new LinkedHashMap<>();
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
                int rounds = Integer.parseInt(args[0]);
                it.measure(WARM_UP, Duration.ZERO, new LinkedHashMap<>());
                it.measure(rounds, Duration.ZERO, it.inRow);
                it.removals.clear();
                it.measure(rounds, ALONE, it.alone);
                String table = it.table(rounds);
                Files.writeString(Path.of(args[1]), table);
                System.out.print(table);
            } finally {
                network.deleteBridge();
                four.deleteBridge();
            }
        }
    }

    /** In turn, shuffled, as the machine has faster and slower moments. */
    private void measure(int rounds, Duration pause, Map<String, List<Double>> starts) throws Exception {
        SandboxSpec without = bench.spec("/bin/true").withLimits(Limits.of(128L << 20, 1, 64));
        Connection published = new Connection("default", List.of(PublishedPort.parse("127.0.0.1:39080:80")));
        Random random = new Random(1);
        for (int i = 0; i < rounds; i++) {
            List<Work> turn = new ArrayList<>(List.of(
                    () -> once(WITHOUT, ours, without, starts),
                    () -> once("IPv4", oursFour, without.withNetwork(Connection.DEFAULT), starts),
                    () -> once("IPv4 and IPv6", ours, without.withNetwork(Connection.DEFAULT), starts),
                    () -> once("IPv4 and IPv6, a port published", ours, without.withNetwork(published), starts)));
            Collections.shuffle(turn, random);
            for (Work work : turn) {
                Thread.sleep(pause);
                work.run();
            }
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private void once(String what, Ours runtime, SandboxSpec spec, Map<String, List<Double>> starts) throws Exception {
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
                packet filter, a veth pair, addresses, routes, all by netlink. *Alone*: %d ms after the one before was removed, and so with processors
                that had gone to sleep; *in a row*: at once, while the kernel may still take apart what that one had; first so many rounds in a row, then as many
                alone, of which are the removals. *Adds*: median of what it took more than the one without a network of the
                same round. Repeat it with `src/bench/network`. Other work ran on the machine: compare within the table only.

                | network | alone: lowest | median | p95 | adds | in a row: lowest | median | p95 | adds | remove: median |
                |---|---|---|---|---|---|---|---|---|---|
                """,
                rounds,
                WARM_UP,
                System.getProperty("os.version").split("-", -1)[0],
                Runtime.getRuntime().availableProcessors(),
                ALONE.toMillis()));
        alone.forEach((what, ms) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %s | %.2f | %s | %.2f | %s |%n",
                what,
                Timing.cells(ms),
                Timing.at(difference(ms, alone.get(WITHOUT)), 0.5),
                Timing.cells(inRow.get(what)),
                Timing.at(difference(inRow.get(what), inRow.get(WITHOUT)), 0.5),
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
