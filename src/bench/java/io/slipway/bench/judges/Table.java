package io.slipway.bench.judges;

import io.slipway.analysis.Judge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The results as Markdown. */
final class Table {
    private static final int OURS = 0;
    private static final int ORACLE = SimulatedWatch.CONTENDERS.size() - 1;
    private static final int NEVER = Integer.MAX_VALUE;

    private Table() {}

    static List<String> of(List<Cell> cells, Watches watches) {
        List<String> lines = new ArrayList<>(List.of(
                "# The judge: false reverts and time to detection",
                "",
                "Made by `src/bench/judge-bench`, judge " + Judge.VERSION
                        + "; it can be run again to add watches. Lognormal latency, sigma 0.5; 1% errors, 10 ms of cpu a request unless"
                        + " said otherwise; three conditions (p95 +10%, errors +0.5pp, cost +15%) with alpha 1% for all together unless said"
                        + " otherwise; a look after every window of 10 s. Kayenta-like: Mann-Whitney, 98%, a quarter of the shift"
                        + " tolerated, hourly. Argo-like: every 5 min, more than 3 failures of a metric. Flagger-like: every minute, 10"
                        + " failures. Both are given thresholds from the true values of the stable revision, with the same margins"
                        + " (the usual ones where nothing is tolerated).",
                "",
                "## Healthy for 24 h",
                "",
                "Reverted, of so many watches; in brackets the upper end of a one-sided 95% interval.",
                "",
                "| cell | watches | ours | Kayenta-like | Argo-like | Flagger-like |",
                "|---|---|---|---|---|---|"));
        cells.stream().filter(c -> c.isNull).forEach(c -> lines.add(healthy(c, watches)));
        lines.add(pooled(cells, watches));
        lines.addAll(List.of(
                "",
                "## Worse",
                "",
                "Median time from when it is worse than tolerated until the revert, and p95 for ours. 'x%' is the share that was found at all"
                        + " where it is not all; 'early' counts reverts of before. The oracle knows both arms' true values and noise"
                        + " and the time of the change; same alpha. The aim is 1.5 times its time; what takes more is said.",
                "",
                "| cell | watches | ours | p95 | early | oracle | times | Kayenta-like | Argo-like | Flagger-like | what takes the time |",
                "|---|---|---|---|---|---|---|---|---|---|---|"));
        cells.stream().filter(c -> !c.isNull).forEach(c -> lines.add(worse(c, watches)));
        return lines;
    }

    private static String healthy(Cell cell, Watches watches) {
        StringBuilder row = new StringBuilder("| " + cell.text + " | " + watches.count(cell));
        for (int c = 0; c < ORACLE; c++) {
            row.append(" | ").append(share(reverted(cell, c, watches), watches.count(cell), c == OURS));
        }
        return row + " |";
    }

    private static String pooled(List<Cell> cells, Watches watches) {
        int n = 0;
        int reverted = 0;
        for (Cell cell : cells) {
            if (cell.isNull) {
                n += watches.count(cell);
                reverted += reverted(cell, OURS, watches);
            }
        }
        return "| all | " + n + " | " + share(reverted, n, true) + " | | | |";
    }

    private static int reverted(Cell cell, int contender, Watches watches) {
        return watches.of(cell, contender).stream().mapToInt(n -> n).sum();
    }

    private static String share(int reverted, int n, boolean bound) {
        return n == 0
                ? ""
                : bound
                        ? format("%d (%.2f%%)", reverted, 100 * Binomial.upperBound(reverted, n))
                        : format("%.1f%%", 100.0 * reverted / n);
    }

    private static String worse(Cell cell, Watches watches) {
        List<Integer> ours = times(cell, watches.of(cell, OURS));
        List<Integer> oracle = times(cell, watches.of(cell, ORACLE));
        long early = watches.of(cell, OURS).stream()
                .filter(w -> w > 0 && w <= cell.worseFrom())
                .count();
        StringBuilder row = new StringBuilder("| " + cell.text + " | " + ours.size());
        if (ours.isEmpty()) {
            return row + " | | | | | | | | | |";
        }
        row.append(" | ").append(median(cell, ours)).append(" | ").append(time(cell, at(ours, 0.95)));
        row.append(" | ").append(early).append(" | ").append(median(cell, oracle)).append(" | ");
        row.append(at(ours, 0.5) == NEVER || at(oracle, 0.5) == NEVER ? "" : format("%.1f", (double) at(ours, 0.5) / at(oracle, 0.5)));
        for (int c = 1; c < ORACLE; c++) {
            row.append(" | ").append(median(cell, times(cell, watches.of(cell, c))));
        }
        return row.append(" | ").append(because(cell, ours, oracle)) + " |";
    }

    private static String because(Cell cell, List<Integer> ours, List<Integer> oracle) {
        boolean aim = at(ours, 0.5) <= 1.5 * at(oracle, 0.5);
        return aim ? "" : cell.because.isEmpty() ? "not explained" : cell.because;
    }

    /** Windows from the change on, rising; those never found last, those found before the change left out. */
    private static List<Integer> times(Cell cell, List<Integer> windows) {
        List<Integer> times = new ArrayList<>();
        for (int w : windows) {
            if (w == 0) {
                times.add(NEVER);
            } else if (w > cell.worseFrom()) {
                times.add(w - cell.worseFrom());
            }
        }
        Collections.sort(times);
        return times;
    }

    private static int at(List<Integer> times, double quantile) {
        return times.isEmpty() ? NEVER : times.get(Math.min(times.size() - 1, (int) (times.size() * quantile)));
    }

    private static String median(Cell cell, List<Integer> times) {
        long never = times.stream().filter(t -> t == NEVER).count();
        String found = never == 0 ? "" : format(" (%.0f%%)", 100.0 * (times.size() - never) / times.size());
        return time(cell, at(times, 0.5)) + found;
    }

    private static String time(Cell cell, int windows) {
        if (windows == NEVER) {
            return "never";
        }
        double seconds = windows * cell.windowSeconds;
        return seconds < 600 ? format("%.0f s", seconds) : seconds < 7200 ? format("%.0f min", seconds / 60) : format("%.1f h", seconds / 3600);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
