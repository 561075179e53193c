package io.slipway.bench;

import io.slipway.image.ImageConfig;
import io.slipway.image.LayerTar;
import io.slipway.image.LayoutWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * An image of one large layer: files below /usr, directory by directory in an order by chance (always the same), until there are enough; then the smallest are
 * exchanged for larger ones until they are large enough.
 */
record BigImage(Path layout, Path blob, long bytes, int entries) {
    private static final long BYTES = 681_000_000;
    private static final int ENTRIES = 26_000;
    private static final long FILE_BYTES_MAX = 60_000_000;

    static BigImage make(Path work) throws IOException {
        List<Path> chosen = new ArrayList<>();
        List<Path> others = new ArrayList<>();
        long bytes = enlarge(chosen, others, choose(chosen, others));
        chosen.sort(null);
        LayoutWriter writer = LayoutWriter.open(work.resolve("layout"));
        LayoutWriter.Layer layer = writer.layer(tar -> {
            for (Path path : chosen) {
                add(tar, path);
            }
        });
        writer.image("big", ImageConfig.of(List.of("/bin/true"), new LinkedHashMap<>(), List.of()), List.of(layer));
        writer.finish();
        Path blob = work.resolve("layout/blobs/sha256").resolve(layer.digest().hex());
        return new BigImage(work.resolve("layout"), blob, bytes, chosen.size());
    }

    private static long choose(List<Path> chosen, List<Path> others) throws IOException {
        List<Path> directories;
        try (Stream<Path> all = Files.walk(Path.of("/usr"))) {
            directories = new ArrayList<>(all.filter(p -> Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)).sorted().toList());
        }
        java.util.Collections.shuffle(directories, new Random(1));
        long bytes = 0;
        for (Path directory : directories) {
            if (chosen.size() < ENTRIES) {
                chosen.add(directory);
            }
            for (Path file : files(directory)) {
                long size = size(file);
                if (size <= FILE_BYTES_MAX && bytes + size <= BYTES && chosen.size() < ENTRIES) {
                    chosen.add(file);
                    bytes += size;
                } else if (size <= FILE_BYTES_MAX) {
                    others.add(file);
                }
            }
        }
        return bytes;
    }

    private static long enlarge(List<Path> chosen, List<Path> others, long bytes) {
        long now = bytes;
        // Directories last: they stay.
        chosen.sort(Comparator.comparingLong(BigImage::rank));
        int next = 0;
        for (Path other : others) {
            Path smallest = chosen.get(next);
            long more = size(other) - size(smallest);
            if (more > 0 && now + more <= BYTES && rank(smallest) < Long.MAX_VALUE) {
                now += more;
                chosen.set(next++, other);
            }
        }
        return now;
    }

    private static long rank(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? Long.MAX_VALUE : size(path);
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(p -> Files.isSymbolicLink(p) || Files.isRegularFile(p)).sorted().toList();
        }
    }

    private static void add(LayerTar tar, Path path) throws IOException {
        String at = path.toString().substring(1);
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            tar.directory(at, 0755);
        } else {
            tar.tree(path, at);
        }
    }
}
