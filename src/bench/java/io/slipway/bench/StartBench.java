package io.slipway.bench;

import io.slipway.sandbox.Exit;
import io.slipway.sandbox.IdRange;
import io.slipway.sandbox.Namespace;
import io.slipway.sandbox.cgroup.Limits;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Time from asking for a container that runs {@code /bin/true} to having removed it: ours in process, crun and runc as one command each, taken in
 * turn within one run. Arguments: rounds, file for the table.
 */
public final class StartBench {
    private static final int WARM_UP = 300;
    private static final Limits LIMITS = Limits.of(128L << 20, 1, 64);
    private final Path work;
    private final Path root;
    private final Sandboxes sandboxes;
    private int number;

    private StartBench(Path work) throws IOException {
        this.work = work;
        root = work.resolve("root");
        Files.createDirectories(root.resolve("bin"));
        for (String directory : List.of("proc", "sys", "dev", "etc")) {
            Files.createDirectories(root.resolve(directory));
        }
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        Files.createSymbolicLink(root.resolve("bin/true"), Path.of("busybox"));
        try (var all = Files.walk(root)) {
            for (Path path : all.filter(p -> !Files.isSymbolicLink(p)).toList()) {
                Files.setAttribute(path, "unix:uid", IdRange.DEFAULT.first());
                Files.setAttribute(path, "unix:gid", IdRange.DEFAULT.first());
            }
        }
        sandboxes = Sandboxes.open(work.resolve("state"), "bench", Optional.empty());
    }

    /** One contender; {@code once} runs and removes one container. */
    private record Contender(String name, Once once) {}

    private interface Once {
        void run() throws Exception;
    }

    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        Path work = Files.createTempDirectory(
                "slipway-bench", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        StartBench bench = new StartBench(work);
        try {
            bench.run(rounds, Path.of(args[1]));
        } finally {
            bench.sandboxes.close();
            try (var all = Files.walk(work)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private void run(int rounds, Path table) throws Exception {
        List<Contender> contenders = contenders();
        for (int i = 0; i < WARM_UP; i++) {
            for (Contender contender : contenders.subList(0, 3)) {
                contender.once.run();
            }
        }
        Map<String, List<Long>> nanos = new LinkedHashMap<>();
        contenders.forEach(c -> nanos.put(c.name, new ArrayList<>()));
        for (int i = 0; i < rounds; i++) {
            // In another order each time: what one leaves the kernel to clean up slows the next.
            List<Contender> order = new ArrayList<>(contenders);
            Collections.shuffle(order, new Random(i));
            for (Contender contender : order) {
                long start = System.nanoTime();
                contender.once.run();
                nanos.computeIfAbsent(contender.name, n -> new ArrayList<>()).add(System.nanoTime() - start);
            }
        }
        String text = table(nanos, rounds);
        Files.writeString(table, text);
        System.out.print(text);
    }

    private List<Contender> contenders() throws IOException {
        List<Contender> all = new ArrayList<>();
        SandboxSpec spec = SandboxSpec.of("x", List.of(root), List.of("/bin/true"));
        SandboxSpec minimal = spec.withHostNamespace(Namespace.USER, "to compare");
        all.add(new Contender("slipway, in process, minimal", () -> ours(minimal)));
        all.add(new Contender("slipway, in process, full", () -> ours(minimal.withLimits(LIMITS))));
        all.add(new Contender("slipway, in process, full + user namespace", () -> ours(spec.withLimits(LIMITS))));
        for (String runtime : List.of("crun", "runc")) {
            for (String kind : List.of("minimal", "full", "full + user namespace")) {
                Path bundle = bundle(runtime, kind);
                all.add(new Contender(runtime + " run, " + kind, () -> command(runtime, bundle)));
            }
        }
        return all;
    }

    private void ours(SandboxSpec spec) throws Exception {
        Sandbox sandbox = sandboxes.start(spec.withId("c" + number++));
        Exit exit = sandbox.awaitExit(Duration.ofSeconds(10)).orElseThrow();
        if (exit.code() != 0) {
            throw new IOException("a run of ours ended with: " + exit.text());
        }
        sandboxes.remove(sandbox);
    }

    private void command(String runtime, Path bundle) throws Exception {
        Process process = new ProcessBuilder(
                        runtime,
                        "--root",
                        work.resolve("runtimes").toString(),
                        "run",
                        "--bundle",
                        bundle.toString(),
                        "slipway-bench-" + number++)
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("output").toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(runtime + " failed: " + Files.readString(work.resolve("output")));
        }
    }

    private Path bundle(String runtime, String kind) throws IOException {
        Path bundle = Files.createDirectories(work.resolve("bundles")
                .resolve(runtime + "-" + kind.replace(" + ", "-").replace(' ', '-')));
        boolean full = !kind.equals("minimal");
        String namespaces = "\"pid\",\"network\",\"ipc\",\"uts\",\"mount\"" + (full ? ",\"cgroup\"" : "")
                + (kind.contains("user") ? ",\"user\"" : "");
        String types = namespaces.replaceAll("\"([a-z]+)\"", "{\"type\":\"$1\"}");
        String maps = kind.contains("user")
                ? ",\"uidMappings\":[{\"containerID\":0,\"hostID\":100000,\"size\":65536}],"
                        + "\"gidMappings\":[{\"containerID\":0,\"hostID\":100000,\"size\":65536}]"
                : "";
        String limits = full
                ? ",\"resources\":{\"memory\":{\"limit\":134217728},\"cpu\":{\"quota\":100000,\"period\":100000},"
                      + "\"pids\":{\"limit\":64}},"
                      + "\"maskedPaths\":[\"/proc/acpi\",\"/proc/interrupts\",\"/proc/keys\",\"/proc/timer_list\",\"/sys/firmware\"],"
                      + "\"readonlyPaths\":[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\"]"
                : "";
        Files.writeString(
                bundle.resolve("config.json"),
                """
                {"ociVersion":"1.0.2","root":{"path":"%s"},"hostname":"bench",
                 "process":{"user":{"uid":0,"gid":0},"args":["/bin/true"],"env":["PATH=/bin"],"cwd":"/","noNewPrivileges":true,
                  "capabilities":{"bounding":[%5$s],"effective":[%5$s],"permitted":[%5$s]}},
                 "mounts":[{"destination":"/proc","type":"proc","source":"proc"},
                  {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","mode=755","size=65536k"]},
                  {"destination":"/dev/pts","type":"devpts","source":"devpts","options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620"]},
                  {"destination":"/dev/shm","type":"tmpfs","source":"shm","options":["nosuid","noexec","nodev","mode=1777","size=65536k"]},
                  {"destination":"/dev/mqueue","type":"mqueue","source":"mqueue","options":["nosuid","noexec","nodev"]},
                  {"destination":"/sys","type":"sysfs","source":"sysfs","options":["nosuid","noexec","nodev","ro"]}],
                 "linux":{"cgroupsPath":"/slipway-bench-%2$s","namespaces":[%3$s]%4$s}}
                """.formatted(
                                root,
                                bundle.getFileName(),
                                types,
                                maps + limits,
                                "\"CAP_CHOWN\",\"CAP_DAC_OVERRIDE\",\"CAP_FOWNER\",\"CAP_FSETID\",\"CAP_KILL\",\"CAP_SETGID\","
                                    + "\"CAP_SETUID\",\"CAP_SETPCAP\",\"CAP_NET_BIND_SERVICE\",\"CAP_SYS_CHROOT\",\"CAP_SETFCAP\""));
        return bundle;
    }

    private static String table(Map<String, List<Long>> nanos, int rounds) throws IOException {
        StringBuilder text = new StringBuilder("""
            # From start to exit of a container

            `/bin/true` of busybox: started, ended, collected and removed with its cgroups; ms. Taken in turn, shuffled, in one run of %d rounds, after %d
            warm-up rounds of ours (the others are programs of their own, started anew each time). %d cores, Linux %s, cgroup version 1.
            Ours has an overlay over one layer, its own pid 1, logs to files and a written state; crun and runc run on the plain directory, with their
            output to a file. *full*: cgroup namespace, memory, cpu and pids limits, masked and read-only kernel files; ours has all but the limits in
            *minimal* too. 11 capabilities, no seccomp for all. Repeat it with `src/bench/start`. Other work ran on the machine:
                compare within the table only.

            | who | median | p95 | p99 |
            |---|---|---|---|
            """.formatted(
                rounds,
                WARM_UP,
                Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip().replaceAll("-.*", "")));
        nanos.forEach((name, list) -> {
            List<Long> sorted = list.stream().sorted().toList();
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f | %.2f |%n",
                    name,
                    at(sorted, 0.5),
                    at(sorted, 0.95),
                    at(sorted, 0.99)));
        });
        return text.toString();
    }

    private static double at(List<Long> sorted, double quantile) {
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(quantile * sorted.size()))) / 1e6;
    }
}
