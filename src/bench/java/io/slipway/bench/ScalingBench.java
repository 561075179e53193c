package io.slipway.bench;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a start costs with a large heap, and with many containers running. Arguments: starts per measurement, most running containers, file for the
 * table.
 */
public final class ScalingBench {
    private static final int WARM_UP = 700;
    private static final int BLOCK = 1 << 20;
    private static final int HELD_MEBIBYTES = 512;
    private static final int TURNS = 4;
    private final int starts;
    private final Ours ours;
    private final SandboxSpec once;
    private final SandboxSpec lasting;

    private ScalingBench(int starts, BenchRoot bench, Ours ours) {
        this.starts = starts;
        this.ours = ours;
        Limits limits = Limits.of(128L << 20, 1, 64);
        once = bench.spec("/bin/true").withLimits(limits);
        lasting = bench.spec("/bin/sleep", "10000").withLimits(limits);
    }

    public static void main(String[] args) throws Exception {
        try (BenchRoot bench = BenchRoot.make();
                Ours ours = new Ours(bench)) {
            ScalingBench scaling = new ScalingBench(Integer.parseInt(args[0]), bench, ours);
            scaling.measure(WARM_UP);
            String table = scaling.heap() + scaling.running(Integer.parseInt(args[1]));
            Files.writeString(Path.of(args[2]), table);
            System.out.print(table);
        }
    }

    private List<Double> measure(int times) throws Exception {
        List<Double> ms = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long begin = System.nanoTime();
            ours.once(once);
            ms.add((System.nanoTime() - begin) / 1e6);
        }
        return ms;
    }

    /** In turns, as the machine has faster and slower moments. */
    private String heap() throws Exception {
        Map<Boolean, List<Double>> ms = new TreeMap<>(Map.of(false, new ArrayList<>(), true, new ArrayList<>()));
        for (int turn = 0; turn < TURNS; turn++) {
            ms.get(false).addAll(measure(starts / TURNS));
            List<byte[]> held = new ArrayList<>();
            for (int i = 0; i < HELD_MEBIBYTES; i++) {
                byte[] block = new byte[BLOCK];
                // Touched, so that it is really there.
                java.util.Arrays.fill(block, (byte) i);
                held.add(block);
            }
            ms.get(true).addAll(measure(starts / TURNS));
            if (held.size() != HELD_MEBIBYTES) {
                throw new IllegalStateException("the heap was not held");
            }
        }
        return """
            # What a start costs with a large heap, and with many containers running

            Start to removal of `/bin/true`, full + user namespace, in process; ms; %d starts each. Repeat it with `src/bench/scaling`. Other work ran on
            the machine: compare within the tables only.

            | heap held | lowest | median | p95 |
            |---|---|---|---|
            | a few MiB | %s |
            | %d MiB | %s |

            """.formatted(starts, Timing.cells(ms.get(false)), HELD_MEBIBYTES, Timing.cells(ms.get(true)));
    }

    private String running(int most) throws Exception {
        StringBuilder rows = new StringBuilder(
                "| containers running | lowest | median | p95 | resident memory, MiB | descriptors |\n|---|---|---|---|---|---|\n");
        List<Sandbox> all = new ArrayList<>();
        for (int target : new int[] {1, most / 50, most / 5, most / 2, most, 1}) {
            while (all.size() < target) {
                all.add(ours.start(lasting));
            }
            while (all.size() > target) {
                ours.remove(all.removeLast());
            }
            rows.append(row(target));
        }
        ours.remove(all.removeLast());
        return rows.toString();
    }

    private String row(int target) throws Exception {
        ours.settle();
        List<Double> ms = measure(starts / TURNS);
        Counts.heapBytes();
        return String.format(
                Locale.ROOT,
                "| %d | %s | %.1f | %d |%n",
                target, Timing.cells(ms), Counts.ofSelf("VmRSS") / 1024.0, Counts.descriptors());
    }
}
