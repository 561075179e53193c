package io.slipway.bench.judges;

import io.slipway.analysis.Judge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The watches done so far, so that an interrupted run goes on where it was: a line each of judge's version, cell, first seed, number of watches, figures. Of
 * worse ones a line is one watch, and for each contender the number of windows until it reverted, or 0; of healthy ones it is {@link #BLOCK} watches, and for each
 * contender how many it reverted.
 */
final class Watches {
    private static final int BLOCK = 25;

    private final Path file;
    private final Map<String, TreeMap<Integer, int[]>> done = new HashMap<>();

    Watches(Path file) throws IOException {
        this.file = file;
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            String[] parts = line.split("\t");
            // The last line of a run that was killed may be half a line.
            if (parts.length == 5 && parts[0].equals(Judge.VERSION) && isWhole(parts[3]) && parts[4].endsWith(";")) {
                String[] figures = parts[4].substring(0, parts[4].length() - 1).split(",");
                of(parts[1]).put(Integer.parseInt(parts[2]), Arrays.stream(figures).mapToInt(Integer::parseInt).toArray());
            }
        }
    }

    /** Other blocks than those of now would be counted wrongly. */
    private static boolean isWhole(String watches) {
        return watches.equals("1") || watches.equals(String.valueOf(BLOCK));
    }

    private TreeMap<Integer, int[]> of(String cell) {
        return done.computeIfAbsent(cell, id -> new TreeMap<>());
    }

    /** Watches of one line. */
    static int perLine(Cell cell) {
        return cell.isNull ? BLOCK : 1;
    }

    /** Whether the line that begins with this seed is there. */
    synchronized boolean has(Cell cell, int first) {
        return of(cell.id).containsKey(first);
    }

    /** Simulates the watches of one line and keeps it. */
    void simulate(Cell cell, int first) {
        int[] figures = new int[SimulatedWatch.CONTENDERS.size()];
        for (int seed = first; seed < first + perLine(cell); seed++) {
            int[] found = SimulatedWatch.run(cell, seed);
            for (int c = 0; c < found.length; c++) {
                figures[c] += cell.isNull ? Math.min(found[c], 1) : found[c];
            }
        }
        add(cell, first, figures);
    }

    private synchronized void add(Cell cell, int first, int[] figures) {
        of(cell.id).put(first, figures);
        String all = Arrays.stream(figures).mapToObj(String::valueOf).collect(Collectors.joining(","));
        try {
            Files.writeString(
                    file,
                    Judge.VERSION + "\t" + cell.id + "\t" + first + "\t" + perLine(cell) + "\t" + all + ";\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized int count(Cell cell) {
        return of(cell.id).size() * perLine(cell);
    }

    /** One contender's figure of each line of a cell, in order of the seeds. */
    synchronized List<Integer> of(Cell cell, int contender) {
        List<Integer> figures = new ArrayList<>();
        of(cell.id).values().forEach(f -> figures.add(f[contender]));
        return figures;
    }
}
