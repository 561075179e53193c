package io.slipway.bench;

import io.slipway.sandbox.Exit;
import io.slipway.sandbox.IdRange;
import io.slipway.sandbox.Privileges;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.seccomp.Filter;
import io.slipway.sandbox.seccomp.Profile;
import io.slipway.sandbox.seccomp.Seccomp;
import io.slipway.sandbox.seccomp.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the default filter costs: its compilation, the look into the cache, the call that installs it, and a start with it beside one without, taken in
 * turn. Arguments: rounds, file for the table.
 */
public final class SeccompBench {
    private static final int WARM_UP = 300;
    private static final int LOOKUPS = 100_000;
    private static final List<String> CAPABILITIES = Privileges.DEFAULT.capabilities();

    private final Path root;
    private final Sandboxes sandboxes;
    private final List<Double> installing = new ArrayList<>();
    private int number;

    private SeccompBench(Path work) throws IOException {
        root = work.resolve("root");
        Files.createDirectories(root.resolve("bin"));
        for (String directory : List.of("proc", "sys", "dev", "etc")) {
            Files.createDirectories(root.resolve(directory));
        }
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/true"));
        try (var all = Files.walk(root)) {
            for (Path path : all.toList()) {
                Files.setAttribute(path, "unix:uid", IdRange.DEFAULT.first());
                Files.setAttribute(path, "unix:gid", IdRange.DEFAULT.first());
            }
        }
        sandboxes = Sandboxes.open(work.resolve("state"), "bench", Optional.empty());
    }

    public static void main(String[] args) throws Exception {
        Path work = Files.createTempDirectory(
                "slipway-bench", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        double first = millis(() -> Seccomp.DEFAULT.filter(CAPABILITIES));
        SeccompBench bench = new SeccompBench(work);
        try {
            bench.run(Integer.parseInt(args[0]), first, Path.of(args[1]));
        } finally {
            bench.sandboxes.close();
            try (var all = Files.walk(work)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private void run(int rounds, double first, Path table) throws Exception {
        SandboxSpec with = SandboxSpec.of("x", List.of(root), List.of("/bin/true"));
        SandboxSpec without = with.withPrivileges(
                Privileges.DEFAULT.withSeccomp(Seccomp.unconfined("to compare with")));
        for (int i = 0; i < WARM_UP; i++) {
            once(i % 2 == 0 ? with : without);
        }
        installing.clear();
        List<Double> filtered = new ArrayList<>();
        List<Double> unfiltered = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            boolean turned = i % 2 == 0;
            (turned ? filtered : unfiltered).add(once(turned ? with : without));
            (turned ? unfiltered : filtered).add(once(turned ? without : with));
        }
        Target target = Target.here(CAPABILITIES);
        List<Double> compiling = new ArrayList<>();
        for (int i = 0; i < WARM_UP; i++) {
            compiling.add(millis(() -> Filter.of(Profile.standard(), target)));
        }
        double lookups = millis(() -> {
            for (int i = 0; i < LOOKUPS; i++) {
                Seccomp.DEFAULT.filter(CAPABILITIES);
            }
        });
        String text = table(rounds, first, median(compiling.subList(WARM_UP / 2, WARM_UP)), lookups / LOOKUPS * 1e3)
                + row("seccomp(2), which checks and translates it", median(installing), "µs")
                + row("start to exit with it, median", median(filtered), "ms")
                + row("start to exit without, median", median(unfiltered), "ms");
        Files.writeString(table, text);
        System.out.print(text);
    }

    /** Milliseconds from start to exit. */
    private double once(SandboxSpec spec) throws Exception {
        long start = System.nanoTime();
        Sandbox sandbox = sandboxes.start(spec.withId("c" + number++));
        Exit exit = sandbox.awaitExit(Duration.ofSeconds(10)).orElseThrow();
        double millis = (System.nanoTime() - start) / 1e6;
        if (exit.code() != 0) {
            throw new IOException("a run ended with: " + exit.text());
        }
        sandbox.explain().calls().stream()
                .filter(call -> call.call().equals("seccomp"))
                .forEach(call -> installing.add(call.micros()));
        sandboxes.remove(sandbox);
        return millis;
    }

    private static String table(int rounds, double first, double compiling, double lookup) throws IOException {
        return """
                # What the default seccomp filter costs a start

                %s: %s. `/bin/true` of busybox, in turn with and without, %d rounds after %d of warm-up. %d cores, Linux %s. Repeat it with `src/bench/seccomp`.
                Other work ran on the machine: compare within the table only.

                | what | |
                |---|---|
                """.formatted(
                        "The filter",
                        Seccomp.DEFAULT.filter(CAPABILITIES).orElseThrow().shown(),
                        rounds,
                        WARM_UP,
                        Runtime.getRuntime().availableProcessors(),
                        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip().replaceAll("-.*", ""))
                + row("first use in a fresh JVM: it is read, having been compiled beforehand", first, "ms")
                + row("compiling it, warm", compiling, "ms")
                + row("looking it up in the cache", lookup, "µs");
    }

    private static String row(String what, double value, String unit) {
        return String.format(Locale.ROOT, "| %s | %.2f %s |%n", what, value, unit);
    }

    private static double millis(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
