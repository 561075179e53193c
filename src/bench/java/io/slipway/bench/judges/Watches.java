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

/** The watches done so far: one line each (judge's version, cell, seed, figures), so that an interrupted run goes on where it was. */
final class Watches {
    private final Path file;
    private final Map<String, TreeMap<Integer, int[]>> done = new HashMap<>();

    Watches(Path file) throws IOException {
        this.file = file;
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            String[] parts = line.split("\t");
            // The last line of a run that was killed may be half a line.
            if (parts.length == 4 && parts[0].equals(Judge.VERSION) && parts[3].endsWith(";")) {
                String[] figures = parts[3].substring(0, parts[3].length() - 1).split(",");
                of(parts[1]).put(Integer.parseInt(parts[2]), Arrays.stream(figures).mapToInt(Integer::parseInt).toArray());
            }
        }
    }

    private TreeMap<Integer, int[]> of(String cell) {
        return done.computeIfAbsent(cell, id -> new TreeMap<>());
    }

    synchronized boolean has(Cell cell, int seed) {
        return of(cell.id).containsKey(seed);
    }

    synchronized void add(Cell cell, int seed, int[] figures) {
        of(cell.id).put(seed, figures);
        StringBuilder line = new StringBuilder(Judge.VERSION + "\t" + cell.id + "\t" + seed + "\t");
        for (int i = 0; i < figures.length; i++) {
            line.append(i == 0 ? "" : ",").append(figures[i]);
        }
        try {
            Files.writeString(file, line.append(";\n"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What one judge did in each watch of a cell, in order of the seeds. */
    synchronized List<Integer> of(Cell cell, int contender) {
        List<Integer> windows = new ArrayList<>();
        of(cell.id).values().forEach(figures -> windows.add(figures[contender]));
        return windows;
    }
}
