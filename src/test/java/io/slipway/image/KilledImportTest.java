package io.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.sandbox.DoomedJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that unpacks is killed after some of its system calls: whoever opens the store next finds the image whole or not at all, and nothing half
 * done. By default at places by chance, whose seed is printed; {@code -Dkills=all} takes them all.
 */
class KilledImportTest {
    private static final int CHOSEN = 5;
    /** Calls of the sync behind, which may or may not be made in time. */
    private static final int SPARE = 10;

    private final long seed = Long.getLong("seed", System.nanoTime());

    @TempDir
    private Path scratch;

    private String reference;

    @BeforeEach
    void layout() throws Exception {
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        LayoutWriter writer = LayoutWriter.open(scratch.resolve("layout"));
        List<LayoutWriter.Layer> layers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            byte[] name = {(byte) ('a' + i)};
            layers.add(writer.layer(tar -> {
                for (int j = 0; j < 20; j++) {
                    tar.directory("d" + j, 0750)
                            .file("d" + j + "/" + new String(name, StandardCharsets.US_ASCII), new byte[100 * j], 0640);
                }
                tar.whiteout("d1", "gone").symlink("link", "d1").hardLink("hard", "link");
            }));
        }
        writer.image("v", ImageConfig.of(List.of("/x"), new LinkedHashMap<>(), List.of()), layers);
        writer.finish();
        reference = "oci:" + scratch.resolve("layout") + ":v";
    }

    @Test
    void an_import_that_is_killed_anywhere_leaves_nothing_half_done_and_is_done_again() throws Exception {
        long calls = run("count", 0);
        List<String> whole = tree(scratch.resolve("count"));
        Random random = new Random(seed);
        List<Long> places = "all".equals(System.getProperty("kills"))
                ? Stream.iterate(1L, i -> i < calls - SPARE, i -> i + 1).toList()
                : random.longs(CHOSEN, 1, calls - SPARE).boxed().toList();
        for (long place : places) {
            String store = "killed" + place;
            assertThat(run(store, place)).as("died after call " + place).isEqualTo(-1);
            ImageStore again = ImageStore.open(scratch.resolve(store), IdShift.DEFAULT);
            assertThat(tree(scratch.resolve(store))).as("after call " + place).noneMatch(name -> name.contains(".tmp"));
            assertThat(again.list()).hasSizeLessThanOrEqualTo(1);
            again.importFrom(reference);
            assertThat(tree(scratch.resolve(store))).as("after call " + place).isEqualTo(whole);
            Leftovers.remove(scratch.resolve(store));
        }
    }

    /** @return how many calls it made; -1 if it died on the way */
    private long run(String store, long call) throws Exception {
        List<String> arguments = List.of(scratch.resolve(store).toString(), reference, Long.toString(call));
        return DoomedJvm.lastLine(List.of(), DoomedImport.class, arguments, scratch.resolve("said"))
                .map(Long::valueOf)
                .orElse(-1L);
    }

    /** Names with their sizes, but for the notes of what is synced, which go on behind. */
    private static List<String> tree(Path store) throws IOException {
        try (Stream<Path> all = Files.walk(store)) {
            return all.filter(path -> !path.getFileName().toString().equals("layers.synced"))
                    .map(path -> store.relativize(path) + " "
                            + (Files.isRegularFile(path) ? path.toFile().length() : 0))
                    .sorted()
                    .toList();
        }
    }
}
