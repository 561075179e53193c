package io.slipway.bench;

import io.slipway.analysis.Judge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The judge's table: false reverts of whole 24 h watches, and times to detection. Seeded by the watch's number; each watch done is one line
 * of {@code judge.tsv} (version, cell, seed, windows until the revert or 0), so an interrupted run goes on where it was.
 */
public final class JudgeBench {
    private final Path lines;
    private final List<String> done;

    private JudgeBench(Path lines) throws IOException {
        this.lines = lines;
        this.done = Files.exists(lines) ? new ArrayList<>(Files.readAllLines(lines)) : new ArrayList<>();
    }

    /** Arguments: directory of the results, null watches per cell, detections per cell. */
    public static void main(String[] args) throws IOException {
        Path results = Path.of(args[0]);
        JudgeBench bench = new JudgeBench(results.resolve("judge.tsv"));
        List<String> table = new ArrayList<>(List.of(
                "# The judge: false reverts and time to detection",
                "",
                "Made by `src/bench/judge " + args[1] + " " + args[2] + "`, judge " + Judge.VERSION
                        + ". One look per window; lognormal latency, sigma 0.5; alpha 1% for all conditions together.",
                "",
                "| healthy for 24 h, a look every 10 s | watches | reverted | 95% upper bound |",
                "|---|---|---|---|"));
        for (JudgeCell cell : JudgeCells.all()) {
            if (cell.isNull()) {
                table.add(nullRow(cell, bench.run(cell, Integer.parseInt(args[1]))));
            }
        }
        table.addAll(List.of(
                "", "| worse | watches | found | before the step | median s | p95 s |", "|---|---|---|---|---|---|"));
        for (JudgeCell cell : JudgeCells.all()) {
            if (!cell.isNull()) {
                table.add(detectionRow(cell, bench.run(cell, Integer.parseInt(args[2]))));
            }
        }
        table.addAll(List.of("", NOT_COVERED));
        Files.write(results.resolve("judge.md"), table);
        table.forEach(System.out::println);
    }

    private static final String NOT_COVERED =
            "Not yet covered: 0.1, 200 and 2,000 requests/s, a control at 2%, seasonal baselines, latency that depends"
                + " on load, sticky clients, broken scrapes and outages, a tail-only regression, a slow leak, and the"
                + " oracle and the other judges beside ours.";

    private List<Integer> run(JudgeCell cell, int watches) throws IOException {
        List<Integer> reverted = new ArrayList<>();
        String prefix = Judge.VERSION + "\t" + cell.name() + "\t";
        for (int seed = 0; seed < watches; seed++) {
            String key = prefix + seed + "\t";
            var known = done.stream().filter(l -> l.startsWith(key)).findFirst();
            if (known.isPresent()) {
                reverted.add(Integer.parseInt(known.get().substring(key.length())));
                continue;
            }
            int after = cell.revertedAfter(seed);
            reverted.add(after);
            Files.writeString(lines, key + after + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        return reverted;
    }

    private static String nullRow(JudgeCell cell, List<Integer> after) {
        int n = after.size();
        int bad = (int) after.stream().filter(a -> a > 0).count();
        return String.format(Locale.ROOT, "| %s | %d | %d | %.1f%% |", cell.name(), n, bad, 100 * upperBound(bad, n));
    }

    private static String detectionRow(JudgeCell cell, List<Integer> after) {
        int from = cell.change() == JudgeCell.Change.NONE ? 0 : JudgeCells.STEP;
        int early = (int) after.stream().filter(a -> a > 0 && a <= from).count();
        List<Integer> times =
                new ArrayList<>(after.stream().filter(a -> a > from).toList());
        Collections.sort(times);
        int missed = after.size() - times.size();
        times.addAll(Collections.nCopies(missed, Integer.MAX_VALUE));
        return "| " + cell.name() + " | " + after.size() + " | " + (after.size() - missed) + " | " + early + " | "
                + seconds(cell, times.get(times.size() / 2), from) + " | "
                + seconds(cell, times.get(Math.min(times.size() - 1, times.size() * 95 / 100)), from) + " |";
    }

    private static String seconds(JudgeCell cell, int windows, int from) {
        return windows == Integer.MAX_VALUE
                ? "not found"
                : String.valueOf(Math.round((windows - from) * cell.windowSeconds()));
    }

    /** Clopper and Pearson's one-sided 95 % bound. */
    static double upperBound(int bad, int n) {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 60; i++) {
            double p = (low + high) / 2;
            if (atMost(bad, n, p) > 0.05) {
                low = p;
            } else {
                high = p;
            }
        }
        return high;
    }

    private static double atMost(int bad, int n, double p) {
        double sum = 0;
        double logChoose = 0;
        for (int k = 0; k <= bad; k++) {
            sum += Math.exp(logChoose + k * Math.log(p) + (n - k) * Math.log1p(-p));
            logChoose += Math.log((double) (n - k) / (k + 1));
        }
        return sum;
    }
}
