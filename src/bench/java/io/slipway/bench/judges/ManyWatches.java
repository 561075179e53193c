package io.slipway.bench.judges;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.SimulatedService;
import io.slipway.base.MetricWindow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Many watches at once: the time of one look at each, and what a watch keeps in memory after an hour, six, a day and three. */
public final class ManyWatches {
    private static final int STREAMS = 32;
    private static final int HOUR = 360;
    private static final int ROUNDS = 7;

    private final List<List<MetricWindow>> controls = new ArrayList<>();
    private final List<List<MetricWindow>> candidates = new ArrayList<>();

    private ManyWatches(int windows) {
        for (int s = 0; s < STREAMS; s++) {
            controls.add(stream(SimulatedService.control(s), windows));
            candidates.add(stream(SimulatedService.candidate(s), windows));
        }
    }

    private static List<MetricWindow> stream(SimulatedService service, int windows) {
        List<MetricWindow> all = new ArrayList<>(windows);
        for (int i = 0; i < windows; i++) {
            all.add(service.window(i));
        }
        return all;
    }

    /** Arguments: file of the results, number of watches, threads. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int watches = Integer.parseInt(args[1]);
        int threads = Integer.parseInt(args[2]);
        List<String> lines = new ArrayList<>(List.of(
                "# Many watches at once",
                "",
                "Made by `src/bench/watches " + watches + " " + threads + "`: simulated watches with three conditions, 10 requests/s an arm, a window of 10 s; in"
                        + " process, without the database.",
                ""));
        lines.addAll(memory());
        lines.addAll(looks(watches, threads));
        Files.write(Path.of(args[0]), lines);
        lines.forEach(System.out::println);
    }

    private static List<String> memory() {
        List<String> lines = new ArrayList<>(List.of("| watched for | kept in memory, KiB a watch |", "|---|---|"));
        ManyWatches source = new ManyWatches(72 * HOUR / 8);
        int sample = 200;
        // What the classes themselves keep is none of a watch's.
        source.feed(source.begun(1), 0, HOUR);
        long before = used();
        List<Comparison> all = source.begun(sample);
        int done = 0;
        for (int hours : new int[] {1, 6, 24, 72}) {
            source.feed(all, done, hours * HOUR);
            done = hours * HOUR;
            lines.add(String.format(Locale.ROOT, "| %d h | %.1f |", hours, (used() - before) / 1024.0 / sample));
        }
        lines.add("");
        lines.add("Of " + sample + " watches, after collections that leave no dead objects behind (`-XX:MarkSweepDeadRatio=0`; without it the serial"
                + " collector keeps up to 5 % of the old generation as filler). Two starts more are kept for each doubling of the time.");
        lines.add("");
        return lines;
    }

    private static List<String> looks(int watches, int threads) throws InterruptedException {
        ManyWatches source = new ManyWatches(HOUR + ROUNDS);
        List<Comparison> all = source.begun(watches);
        inParallel(threads, watches, i -> source.feed(all.subList(i, i + 1), 0, HOUR));
        List<String> lines = new ArrayList<>(List.of(
                "One look at each of " + watches + " watches that are an hour old, after a new window of both arms, by " + threads
                        + " threads; load of the machine before: " + load() + ".",
                "",
                "| round | wall time, ms | a look, us of one thread |",
                "|---|---|---|"));
        for (int round = 0; round < ROUNDS; round++) {
            int index = HOUR + round;
            long begun = System.nanoTime();
            inParallel(threads, watches, i -> source.look(all.get(i), i, index));
            double ms = (System.nanoTime() - begun) / 1e6;
            lines.add(String.format(Locale.ROOT, "| %d | %.0f | %.0f |", round + 1, ms, ms * 1000 * threads / watches));
        }
        return lines;
    }

    private List<Comparison> begun(int watches) {
        List<Comparison> all = new ArrayList<>(watches);
        for (int i = 0; i < watches; i++) {
            all.add(new Comparison(
                    new JudgeSpec(Cell.MARGINS, Ours.PRICES, JudgeSpec.DEFAULT_ALPHA, 100, true), SimulatedService.START));
        }
        return all;
    }

    /** Windows of an index beyond the stream's end begin anew, later. */
    private void feed(List<Comparison> all, int from, int to) {
        for (int index = from; index < to; index++) {
            for (int i = 0; i < all.size(); i++) {
                add(all.get(i), i, index);
            }
            if (index % 30 == 29) {
                Instant now = end(index);
                all.forEach(c -> c.advance(now));
            }
        }
    }

    private void add(Comparison comparison, int watch, int index) {
        comparison.add(at(controls.get(watch % STREAMS), index));
        comparison.add(at(candidates.get(watch % STREAMS), index));
    }

    private static MetricWindow at(List<MetricWindow> stream, int index) {
        MetricWindow w = stream.get(index % stream.size());
        return index < stream.size()
                ? w
                : new MetricWindow(
                        w.revision(),
                        w.arm(),
                        w.host(),
                        SimulatedService.START.plusSeconds(10L * index),
                        w.seconds(),
                        w.requests(),
                        w.errors(),
                        w.latency(),
                        w.cpuSeconds(),
                        w.memoryByteSeconds(),
                        w.replicas(),
                        false);
    }

    private void look(Comparison comparison, int watch, int index) {
        add(comparison, watch, index);
        comparison.look(end(index));
    }

    private static Instant end(int index) {
        return SimulatedService.START.plusSeconds(10L * (index + 1));
    }

    /** What is to be done for one watch. */
    private interface Task {
        void run(int watch);
    }

    private static void inParallel(int threads, int watches, Task task) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<Thread> workers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            workers.add(Thread.ofPlatform().start(() -> {
                for (int i = next.getAndIncrement(); i < watches; i = next.getAndIncrement()) {
                    task.run(i);
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static String load() {
        return String.format(
                Locale.ROOT,
                "%.1f",
                java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
}
