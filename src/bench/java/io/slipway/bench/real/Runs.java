package io.slipway.bench.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The runs done so far, one line each, so that an interrupted bench goes on, and the table of them. */
final class Runs {
    private final Path file;
    private final List<Run> done = new ArrayList<>();

    Runs(Path file) throws IOException {
        this.file = file;
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            if (line.endsWith("}")) {
                done.add(Run.parse(line));
            }
        }
    }

    /** Rounds from 1 to {@code rounds} that were not done yet. */
    synchronized Queue<Integer> missing(Change change, int rounds) {
        Queue<Integer> missing = new ConcurrentLinkedQueue<>();
        for (int round = 1; round <= rounds; round++) {
            int wanted = round;
            if (done.stream().noneMatch(r -> r.change() == change && r.round() == wanted)) {
                missing.add(round);
            }
        }
        return missing;
    }

    synchronized void add(Run run) throws IOException {
        done.add(run);
        Files.writeString(file, run.json() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        System.out.println(run.json());
    }

    synchronized String rows() {
        StringBuilder rows = new StringBuilder();
        for (Change change : Change.values()) {
            List<Run> runs = done.stream().filter(r -> r.change() == change).toList();
            List<Double> times = new ArrayList<>();
            runs.forEach(r -> {
                if (r.isRight() && r.detectSeconds() != null) {
                    times.add(r.detectSeconds());
                }
            });
            times.sort(Double::compare);
            rows.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %s | %d | %s |%n",
                    change.text,
                    runs.size(),
                    runs.stream().filter(Run::isRight).count(),
                    times.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1f (%.1f to %.1f)", times.get(times.size() / 2), times.getFirst(), times.getLast()),
                    runs.stream().filter(r -> r.isRight() && r.promoted() && r.detectSeconds() != null).count(),
                    wrong(runs)));
        }
        return rows.toString();
    }

    private static String wrong(List<Run> runs) {
        List<String> wrong = runs.stream().filter(r -> !r.isRight()).map(r -> r.state() + ": " + r.reason().replace("|", "/")).toList();
        return wrong.isEmpty() ? "" : String.join("; ", wrong);
    }
}
