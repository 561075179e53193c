package io.slipway.bench;

import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.cgroup.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Containers started, ended and removed in a row, and what of this process and of the host has grown by it. Arguments: how many, file for the table.
 * Ends with 1 when something has.
 */
public final class ChurnBench {
    private static final int WARM_UP = 2_000;
    private static final int LOOKS = 5;
    /** What the JVM's own bookkeeping may take more, e.g. compiled code. */
    private static final double MEBIBYTES_MAX = 8;

    private ChurnBench() {}

    /** What is there at one moment. */
    private record Look(int containers, double rssMebibytes, double heapMebibytes, long descriptors, long threads, long cgroups, long mounts) {
        static Look take(int containers, Ours ours) throws Exception {
            ours.settle();
            double heap = Counts.heapBytes() / 1048576.0;
            return new Look(
                    containers,
                    Counts.ofSelf("VmRSS") / 1024.0,
                    heap,
                    Counts.descriptors(),
                    Counts.ofSelf("Threads"),
                    ours.cgroups(),
                    Counts.lines("/proc/self/mountinfo"));
        }

        String row() {
            return String.format(
                    Locale.ROOT,
                    "| %d | %.1f | %.2f | %d | %d | %d | %d |%n",
                    containers, rssMebibytes, heapMebibytes, descriptors, threads, cgroups, mounts);
        }

        boolean grownSince(Look first) {
            return rssMebibytes > first.rssMebibytes + MEBIBYTES_MAX
                    || heapMebibytes > first.heapMebibytes + 1
                    || descriptors > first.descriptors
                    || threads > first.threads
                    || cgroups > first.cgroups
                    || mounts > first.mounts;
        }
    }

    public static void main(String[] args) throws Exception {
        int all = Integer.parseInt(args[0]);
        boolean grown;
        try (BenchRoot bench = BenchRoot.make();
                Ours ours = new Ours(bench)) {
            SandboxSpec spec = bench.spec("/bin/true").withLimits(Limits.of(128L << 20, 1, 64));
            run(WARM_UP, ours, spec);
            Look first = Look.take(0, ours);
            StringBuilder rows = new StringBuilder(first.row());
            Look last = first;
            for (int i = 1; i <= LOOKS; i++) {
                run(all / LOOKS, ours, spec);
                last = Look.take(i * (all / LOOKS), ours);
                rows.append(last.row());
            }
            grown = last.grownSince(first);
            String table = heading(all) + rows + (grown ? "\nSomething has grown.\n" : "\nNothing has grown.\n");
            Files.writeString(Path.of(args[1]), table);
            System.out.print(table);
        }
        System.exit(grown ? 1 : 0);
    }

    private static void run(int times, Ours ours, SandboxSpec spec) throws Exception {
        for (int i = 0; i < times; i++) {
            ours.once(spec);
        }
    }

    private static String heading(int all) throws IOException {
        return """
            # %d containers in a row

            Each with limits and a user namespace, started, ended and removed in one process with the agent's JVM settings, after %d that are not
            counted. Resident memory (VmRSS) and the heap after a collection in MiB; descriptors and threads of the process; cgroups of this runtime's in
            all hierarchies; mounts in the process's namespace. Repeat it with `src/bench/churn`.

            | containers | resident | heap | descriptors | threads | cgroups | mounts |
            |---|---|---|---|---|---|---|
            """.formatted(all, WARM_UP);
    }
}
