package io.slipway.bench.judges;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The judge's table: false reverts of whole 24 h watches and times to detection, ours beside others and an oracle. Seeded by the watch's number. All
 * cells advance together, so that whenever it is ended the table holds something of each.
 */
public final class JudgeBench {
    /** A line of watches that is to be simulated; those with the least rank first. */
    private record Task(Cell cell, int first, double rank) {}

    private JudgeBench() {}

    /** Arguments: file of the watches, file of the table, null watches per cell, detections per cell, minutes, threads, cells (expression). */
    public static void main(String[] args) throws IOException, InterruptedException {
        Watches watches = new Watches(Path.of(args[0]));
        int nulls = Integer.parseInt(args[2]);
        int detections = Integer.parseInt(args[3]);
        long until = System.nanoTime() + (long) (Double.parseDouble(args[4]) * 60e9);
        Pattern only = Pattern.compile(args[6]);
        List<Cell> cells = Stream.concat(HealthyCells.all().stream(), WorseCells.all().stream())
                .filter(cell -> only.matcher(cell.id).find())
                .toList();
        run(tasks(cells, nulls, detections, watches), watches, until, Integer.parseInt(args[5]));
        List<String> table = Table.of(cells, watches);
        Files.write(Path.of(args[1]), table);
        table.forEach(System.out::println);
    }

    /** Healthy cells need many watches to show a small probability; a hundred show a median. */
    private static List<Task> tasks(List<Cell> cells, int nulls, int detections, Watches watches) {
        List<Task> tasks = new ArrayList<>();
        for (Cell cell : cells) {
            int wanted = cell.isNull ? nulls : detections;
            for (int first = 0; first < wanted; first += Watches.perLine(cell)) {
                if (!watches.has(cell, first)) {
                    tasks.add(new Task(cell, first, (double) first / (cell.isNull ? 3 : 1)));
                }
            }
        }
        tasks.sort(Comparator.comparingDouble(Task::rank));
        return tasks;
    }

    private static void run(List<Task> tasks, Watches watches, long until, int threads) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(Thread.ofPlatform().start(() -> {
                for (int t = next.getAndIncrement(); t < tasks.size() && System.nanoTime() < until; t = next.getAndIncrement()) {
                    Task task = tasks.get(t);
                    watches.simulate(task.cell, task.first);
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
    }
}
