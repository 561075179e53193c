package io.slipway.bench;

import io.slipway.linux.HostileExecutable;
import io.slipway.sandbox.BusyboxRoot;
import io.slipway.sandbox.Exec;
import io.slipway.sandbox.ExecException;
import io.slipway.sandbox.ExecSpec;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.cgroup.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Commands executed in containers that are full, or hostile to what joins them: how each ended, how long it took, and whether the agent is what it was.
 * Arguments: count, file for the table.
 */
public final class ExecBench {
    private static final int AT_ONCE = 100;
    private static final int WARM_UP = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private final Path root;
    private final Sandboxes sandboxes;
    private int count;
    private final List<String> table = new ArrayList<>();

    private ExecBench(Path work, int count) throws IOException {
        root = BusyboxRoot.make(work.resolve("root"));
        sandboxes = Sandboxes.open(work.resolve("state"), "bench", Optional.empty());
        this.count = count;
    }

    public static void main(String[] args) throws Exception {
        Path work = Files.createTempDirectory("slipway-bench");
        ExecBench bench = new ExecBench(work, Integer.parseInt(args[0]));
        // What a process needs once: classes, compiled code, stacks of threads.
        bench.count = WARM_UP;
        bench.all();
        bench.table.clear();
        bench.count = Integer.parseInt(args[0]);
        bench.table.add("# Commands executed in full and hostile containers");
        bench.table.add("");
        bench.table.add("By `src/bench/exec " + args[0] + "`. A command is killed 100 ms after its start; told a second later at most, where a tracer"
                + " in the container holds back its exit.");
        bench.table.add("");
        bench.table.add("| container | commands | ms, median | ms, most | how they ended |");
        bench.table.add("|---|---|---|---|---|");
        String before = agent();
        bench.all();
        bench.sandboxes.close();
        bench.table.add("");
        bench.table.add("The agent before: " + before + ".");
        bench.table.add("");
        bench.table.add("The agent after: " + agent() + ".");
        bench.table.add("");
        bench.table.add("Looked at after " + WARM_UP + " commands of each kind that are not counted; with the compiler of the agent, and a heap"
                + " whose pages were touched before.");
        Files.write(Path.of(args[1]), bench.table);
        bench.table.forEach(System.out::println);
        BenchRoot.delete(work);
        System.exit(0);
    }

    private void all() throws Exception {
        calm();
        full();
        hostile("its root stops what joins it", HostileExecutable.stopping(3, 3 + 2 * count));
        hostile("its root traces what joins it", HostileExecutable.tracing(3, 3 + 2 * count));
    }

    private void calm() throws Exception {
        Sandbox sandbox = sandboxes.start(SandboxSpec.of("calm", List.of(root), List.of("/bin/sleep", "100000")));
        measure("at rest, one at a time", sandbox, ExecSpec.of(List.of("/bin/true")).withDiscard(true), 1);
    }

    private void full() throws Exception {
        Sandbox sandbox = sandboxes.start(SandboxSpec.of("full", List.of(root), List.of("/bin/sleep", "100000"))
                .withLimits(new Limits(OptionalLong.of(16 << 20), OptionalDouble.empty(), OptionalInt.empty())));
        ExecSpec fill = ExecSpec.of(List.of("dd", "if=/dev/zero", "of=/dev/shm/fill", "bs=4k"))
                .withDiscard(true)
                .withOomScoreAdj(1000);
        try (Exec exec = sandbox.exec(fill)) {
            if (exec.awaitExit(PATIENCE).isEmpty()) {
                throw new IllegalStateException("the container's memory was not filled within " + PATIENCE);
            }
        }
        measure(
                "at its memory limit, commands with oom_score_adj 1000",
                sandbox,
                ExecSpec.of(List.of("/bin/true")).withDiscard(true).withOomScoreAdj(1000),
                1);
    }

    private void hostile(String name, byte[] executable) throws Exception {
        Path file = Files.write(root.resolve("bin/hostile"), executable);
        file.toFile().setExecutable(true, false);
        Sandbox sandbox = sandboxes.start(SandboxSpec.of("hostile", List.of(root), List.of("/bin/hostile")));
        ExecSpec spec = ExecSpec.of(List.of("sleep", "100000"))
                .withDiscard(true)
                .withStartAtMost(Duration.ofSeconds(3))
                .withAtMost(Optional.of(Duration.ofMillis(100)));
        measure(name + ", " + AT_ONCE + " at a time", sandbox, spec, AT_ONCE);
    }

    private void measure(String name, Sandbox sandbox, ExecSpec spec, int atOnce) throws Exception {
        List<Double> millis = Collections.synchronizedList(new ArrayList<>());
        Map<String, Integer> ends = Collections.synchronizedMap(new TreeMap<>());
        try (var threads = Executors.newFixedThreadPool(atOnce)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Callable<Void> one = () -> {
                    long start = System.nanoTime();
                    String how = attempt(sandbox, spec);
                    millis.add((System.nanoTime() - start) / 1e6);
                    ends.merge(how, 1, Integer::sum);
                    return null;
                };
                all.add(threads.submit(one));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        Collections.sort(millis);
        StringBuilder how = new StringBuilder();
        ends.forEach((end, times) -> how.append(how.isEmpty() ? "" : "; ").append(times).append(" ").append(end));
        table.add(String.format(
                Locale.ROOT, "| %s | %d | %.1f | %.1f | %s |", name, count, millis.get(count / 2), millis.getLast(), how));
        System.err.println(table.getLast());
        if (sandbox.state() != Sandbox.State.RUNNING) {
            throw new IllegalStateException("the container ended: " + sandbox.exit());
        }
        sandboxes.remove(sandbox);
    }

    private static String attempt(Sandbox sandbox, ExecSpec spec) throws Exception {
        try (Exec exec = sandbox.exec(spec)) {
            return exec.awaitExit(PATIENCE).map(exit -> exit.text()).orElse("NOT ENDED");
        } catch (ExecException e) {
            String why = String.valueOf(e.getMessage());
            return "ended while joining: " + why.substring(why.lastIndexOf(": ") + 2).replaceAll(" after \\d+ calls", "");
        }
    }

    private static String agent() throws IOException {
        System.gc();
        long rssKib = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                rssKib = Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return "pid " + ProcessHandle.current().pid() + ", " + rssKib / 1024 + " MiB of memory, oom_score_adj "
                    + Files.readString(Path.of("/proc/self/oom_score_adj")).strip() + ", " + descriptors.count()
                    + " descriptors, " + Thread.activeCount() + " threads";
        }
    }
}
