package io.slipway.bench;

import io.slipway.sandbox.Namespace;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.cgroup.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;

/**
 * Time from asking for a container that runs {@code /bin/true} to having removed it: ours in process and as a command, crun, runc, and the limit in C,
 * taken in turn within one run. Arguments: rounds, file for the table, words of our OCI command.
 */
public final class StartBench {
    private static final int WARM_UP = 700;
    /** Of two at a time, so long each time, in so many rounds. */
    private static final long PAIR_NANOS = 600_000_000L;

    private static final int PAIR_ROUNDS = 8;
    private static final int TRACED = 20;
    /** A JVM's start: taken in every tenth round only. */
    private static final int SELDOM = 10;

    private static final String LIMIT = "the limit: resident C, full";
    private static final String FULL_USER = "full + user namespace";
    private final BenchRoot bench;
    private final Ours ours;
    private final Ours inMemory;
    private final Map<String, List<Double>> ms = new LinkedHashMap<>();
    private final Map<String, List<Double>> alone = new LinkedHashMap<>();
    private final Map<String, List<Double>> parts = new LinkedHashMap<>();
    private final Map<String, String> rates = new LinkedHashMap<>();
    private final Map<String, Long> calls = new LinkedHashMap<>();
    private final Memory memory;

    private StartBench(BenchRoot bench, Ours ours, Ours inMemory) {
        this.bench = bench;
        this.ours = ours;
        this.inMemory = inMemory;
        memory = new Memory(bench);
    }

    /** One contender; {@code once} runs and removes one container. */
    private record Contender(String name, Counts.Work once, int every) {}

    public static void main(String[] args) throws Exception {
        List<String> command = Arrays.asList(args).subList(2, args.length);
        Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "slipway-bench");
        try (BenchRoot bench = BenchRoot.make();
                Ours ours = new Ours(bench);
                Ours inMemory = new Ours(memory)) {
            List<Floor> floors = Floor.build(bench);
            String table = new StartBench(bench, ours, inMemory).run(Integer.parseInt(args[0]), command, floors);
            for (Floor floor : floors) {
                floor.close();
            }
            Files.writeString(Path.of(args[1]), table);
            System.out.print(table);
        } finally {
            BenchRoot.delete(memory);
        }
    }

    private String run(int rounds, List<String> command, List<Floor> floors) throws Exception {
        Limits limits = Limits.of(128L << 20, 1, 64);
        SandboxSpec full = bench.spec("/bin/true").withLimits(limits);
        List<Contender> all = new ArrayList<>();
        SandboxSpec hostIds = bench.spec("/bin/true").withHostNamespace(Namespace.USER, "to compare");
        all.add(new Contender("slipway in process, minimal", () -> ours.once(hostIds), 1));
        all.add(new Contender("slipway in process, full", () -> ours.once(hostIds.withLimits(limits)), 1));
        all.add(new Contender(StartTable.FULL_USER, () -> ours.once(full), 1));
        all.add(new Contender("slipway in process, " + FULL_USER + ", state in memory", () -> inMemory.once(full), 1));
        for (int i = 0; i < WARM_UP; i++) {
            all.get(i % all.size()).once.run();
        }
        floors.stream().limit(1).forEach(f -> {
            all.add(new Contender(StartTable.SPAWN, f::spawn, 1));
            all.add(new Contender(LIMIT, f::once, 1));
        });
        List<Contender> few = new ArrayList<>(all);
        few.removeIf(it -> !List.of(StartTable.FULL_USER, StartTable.SPAWN, LIMIT).contains(it.name));
        rounds(few, rounds, alone);
        List<Command> runtimes = new ArrayList<>(
                List.of(new Command(List.of("crun"), bench.work()), new Command(List.of("runc"), bench.work())));
        runtimes.removeIf(r -> !r.works());
        List<String> versions = new ArrayList<>();
        for (Command runtime : runtimes) {
            versions.add(runtime.version());
        }
        for (Command runtime : runtimes) {
            for (String kind : List.of("minimal", "full", FULL_USER)) {
                add(all, runtime, kind, 1);
            }
        }
        Command own = new Command(command, bench.work());
        if (!command.isEmpty() && own.works()) {
            runtimes.add(own);
            for (String kind : List.of("minimal", "full", FULL_USER)) {
                add(all, own, kind, SELDOM);
            }
        }
        rounds(all, rounds, ms);
        for (int i = 0; i < rounds; i++) {
            ours.taken(full, parts);
        }
        pairs(full, runtimes, floors);
        remember(limits, runtimes, floors.stream().findFirst());
        trace(full, runtimes, floors);
        return new StartTable(versions, rounds, WARM_UP, ms, alone, parts, rates, memory.rows(), calls).text();
    }

    private void add(List<Contender> all, Command runtime, String kind, int every) throws IOException {
        Bundle bundle = Bundle.make(bench, name(runtime), kind);
        all.add(new Contender(name(runtime) + " run, " + kind, () -> runtime.run(bundle), every));
    }

    private static String name(Command runtime) {
        String program = Path.of(runtime.words().getFirst()).getFileName().toString();
        return program.equals("crun") || program.equals("runc") ? program : "slipway oci";
    }

    private static void rounds(List<Contender> all, int rounds, Map<String, List<Double>> ms) throws Exception {
        all.forEach(c -> ms.put(c.name, new ArrayList<>()));
        for (int i = 0; i < rounds; i++) {
            // In another order each time: what one leaves the kernel to clean up slows the next.
            List<Contender> order = new ArrayList<>(all);
            Collections.shuffle(order, new Random(i));
            for (Contender contender : order) {
                if (i % contender.every == 0) {
                    long start = System.nanoTime();
                    contender.once.run();
                    ms.get(contender.name).add((System.nanoTime() - start) / 1e6);
                }
            }
        }
    }

    private void pairs(SandboxSpec full, List<Command> runtimes, List<Floor> floors) throws Exception {
        List<Pair> all = new ArrayList<>();
        all.add(new Pair("slipway in process", () -> ours.once(full)));
        all.add(new Pair("slipway in process, state in memory", () -> inMemory.once(full)));
        if (!floors.isEmpty()) {
            ThreadLocal<Floor> mine = oneOf(floors);
            all.add(new Pair(LIMIT, () -> mine.get().once()));
        }
        for (Command runtime : runtimes) {
            // Two of one bundle would share a cgroup.
            List<Bundle> bundles = List.of(
                    Bundle.make(bench, name(runtime) + " a", FULL_USER), Bundle.make(bench, name(runtime) + " b", FULL_USER));
            ThreadLocal<Bundle> mine = oneOf(bundles);
            all.add(new Pair(name(runtime) + " run", () -> runtime.run(mine.get())));
        }
        for (int i = 0; i < PAIR_ROUNDS; i++) {
            List<Pair> order = new ArrayList<>(all);
            Collections.shuffle(order, new Random(i));
            for (Pair pair : order) {
                pair.go();
            }
        }
        all.forEach(pair -> rates.put(pair.name, pair.rate()));
    }

    private static <T> ThreadLocal<T> oneOf(List<T> two) {
        return ThreadLocal.withInitial(
                () -> two.get((int) (Thread.currentThread().threadId() % 2)));
    }

    /** One contender, two at a time. */
    private static final class Pair {
        private final String name;
        private final Counts.Work once;
        private long done;
        private long nanos;

        Pair(String name, Counts.Work once) {
            this.name = name;
            this.once = once;
        }

        void go() throws Exception {
            long begin = System.nanoTime();
            List<FutureTask<Integer>> both = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                both.add(new FutureTask<>(() -> {
                    int count = 0;
                    while (System.nanoTime() - begin < PAIR_NANOS) {
                        once.run();
                        count++;
                    }
                    return count;
                }));
            }
            // Made one after the other, so that their ids are an even and an odd one.
            for (FutureTask<Integer> one : both) {
                Thread.ofPlatform().start(one);
            }
            done += both.get(0).get() + both.get(1).get();
            nanos += System.nanoTime() - begin;
        }

        /** Containers per second. */
        String rate() {
            return String.format(Locale.ROOT, "%.0f", done * 1e9 / nanos);
        }
    }

    private void remember(Limits limits, List<Command> runtimes, Optional<Floor> floor) throws Exception {
        memory.ours(ours, bench.spec("/bin/sleep", "600").withLimits(limits));
        if (floor.isPresent()) {
            memory.floor(floor.get());
        }
        for (Command runtime : runtimes) {
            memory.command(name(runtime), runtime);
        }
    }

    private static void repeat(int times, Counts.Work work) throws Exception {
        for (int i = 0; i < times; i++) {
            work.run();
        }
    }

    private void trace(SandboxSpec full, List<Command> runtimes, List<Floor> floors) throws Exception {
        if (!new Command(List.of("strace"), bench.work()).works()) {
            return;
        }
        long many = Counts.duringOf(
                () -> repeat(TRACED, () -> ours.once(full)),
                bench.work());
        calls.put("slipway in process", many / TRACED);
        if (!floors.isEmpty()) {
            Floor floor = floors.getFirst();
            long limit = Counts.duringOf(floor.pid(), () -> repeat(TRACED, floor::once), bench.work());
            calls.put(LIMIT, limit / TRACED);
        }
        for (Command runtime : runtimes) {
            calls.put(name(runtime) + " run", runtime.systemCalls(Bundle.make(bench, name(runtime), FULL_USER)));
        }
    }
}
