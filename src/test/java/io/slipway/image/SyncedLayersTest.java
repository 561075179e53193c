package io.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host that stopped may have lost is not believed to be there. */
class SyncedLayersTest {
    @TempDir
    private Path scratch;

    private Path notes;
    private Path layers;
    private Image image;
    private String reference;

    @BeforeEach
    void importOne() throws Exception {
        LayoutWriter writer = LayoutWriter.open(scratch.resolve("layout"));
        LayoutWriter.Layer layer = writer.layer(tar -> tar.file("f", new byte[] {'x'}, 0644));
        writer.image("v", ImageConfig.of(List.of("/f"), new LinkedHashMap<>(), List.of()), List.of(layer));
        writer.finish();
        reference = "oci:" + scratch.resolve("layout") + ":v";
        layers = scratch.resolve("store/layers");
        notes = scratch.resolve("store/layers.synced");
        image = open().importFrom(reference);
        SyncedLayers.open(layers).await();
    }

    @Test
    void a_layer_is_noted_once_it_is_on_disk_and_then_outlives_the_host() throws Exception {
        assertThat(Files.readAllLines(notes))
                .hasSize(2)
                .last()
                .isEqualTo("+" + image.diffIds().getFirst().hex());
        anotherBoot();
        open();
        assertThat(image.layers().getFirst().resolve("f")).hasContent("x");
        assertThat(Files.readAllLines(notes)).hasSize(2).noneMatch(line -> line.equals("boot another"));
    }

    @Test
    void a_layer_that_the_host_may_have_lost_is_unpacked_anew_when_it_is_asked_for() throws Exception {
        Files.write(notes, List.of("boot another"));
        Files.write(image.layers().getFirst().resolve("f"), new byte[0]);
        ImageStore again = open();
        assertThat(image.layers().getFirst()).doesNotExist();
        assertThat(again.resolve(reference)).contains(image);
        assertThat(image.layers().getFirst().resolve("f")).hasContent("x");
    }

    @Test
    void within_one_boot_and_in_a_store_without_notes_layers_are_believed() throws Exception {
        Files.write(notes, List.of(Files.readAllLines(notes).getFirst()));
        open();
        assertThat(image.layers().getFirst()).exists();
        Files.delete(notes);
        open();
        assertThat(image.layers().getFirst()).exists();
    }

    @Test
    void a_note_does_not_hold_for_a_layer_that_was_removed_and_unpacked_again() throws Exception {
        Leftovers.remove(image.layers().getFirst());
        SyncedLayers again = SyncedLayers.open(layers);
        again.forget(image.diffIds().getFirst());
        Files.createDirectory(image.layers().getFirst());
        anotherBoot();
        open();
        assertThat(image.layers().getFirst()).doesNotExist();
    }

    private ImageStore open() throws IOException {
        return ImageStore.open(scratch.resolve("store"), IdShift.DEFAULT);
    }

    private void anotherBoot() throws IOException {
        List<String> lines = Files.readAllLines(notes);
        lines.set(0, "boot another");
        Files.write(notes, lines);
    }
}
