package io.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruneTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    private Path scratch;

    private ImageStore store;

    @BeforeEach
    void open() throws IOException {
        store = ImageStore.open(scratch.resolve("store"), IdShift.DEFAULT);
    }

    /** One layer of its own and one that all share. */
    private Image image(String tag) throws IOException {
        return image(store, tag, tag);
    }

    private Image image(ImageStore into, String tag, String content) throws IOException {
        Path layout = scratch.resolve("layout-" + tag);
        Leftovers.remove(layout);
        LayoutWriter writer = LayoutWriter.open(layout);
        LayoutWriter.Layer shared = writer.layer(tar -> tar.file("shared", text("shared"), 0644));
        LayoutWriter.Layer own = writer.layer(tar -> tar.file("own", text(content), 0644));
        writer.image(tag, ImageConfig.of(List.of("/own"), new LinkedHashMap<>(), List.of()), List.of(shared, own));
        writer.finish();
        return into.importFrom("oci:" + layout + ":" + tag);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<String> entries(String directory) throws IOException {
        try (Stream<Path> files = Files.list(scratch.resolve("store").resolve(directory))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(".lock"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void what_has_a_name_stays_and_what_has_none_any_more_goes_without_what_others_share() throws Exception {
        Image old = image(store, "a", "old");
        Image moved = image(store, "a", "new");
        Pruned told = store.prune(new Prune(false, true), Set::of, SOON);
        assertThat(told.images()).extracting(Pruned.Gone::manifest).containsExactly(old.manifestDigest());
        assertThat(old.layers().getLast()).exists();

        Pruned done = store.prune(Prune.UNNAMED, Set::of, SOON);
        assertThat(done.bytes()).isEqualTo(told.bytes()).isPositive();
        assertThat(done.layers()).isEqualTo(1);
        assertThat(done.blobs()).isEqualTo(3);
        assertThat(old.layers().getLast()).doesNotExist();
        assertThat(moved.layers()).allMatch(Files::isDirectory);
        assertThat(entries("layers")).hasSize(2);
        assertThat(entries("blobs")).hasSize(4);
        assertThat(store.resolve(old.manifestDigest().toString())).isEmpty();
        assertThat(store.list()).extracting(Image::manifestDigest).containsExactly(moved.manifestDigest());
    }

    @Test
    void everything_goes_that_no_container_stands_on_and_nobody_pinned() throws Exception {
        Image stoodOn = image("a");
        Image pinned = image("b");
        Image byDigest = image("c");
        Image free = image("d");
        store.pin(
                "agent-1",
                Set.of(pinned.reference(), "oci:/elsewhere:c@" + byDigest.manifestDigest(), "never/pulled:1"),
                NOW);

        Pruned done = store.prune(
                new Prune(true, false), () -> Set.of(stoodOn.diffIds().getLast()), SOON);
        assertThat(done.images()).extracting(Pruned.Gone::manifest).containsExactly(free.manifestDigest());
        assertThat(done.kept())
                .extracting(Pruned.Kept::why)
                .containsExactlyInAnyOrder("a container stands on it", "pinned by agent-1", "pinned by agent-1");
        for (Image kept : List.of(stoodOn, pinned, byDigest)) {
            assertThat(store.resolve(kept.reference())).contains(kept);
            assertThat(kept.layers()).allMatch(Files::isDirectory);
        }
        store.pin("agent-1", Set.of(), NOW);
        store.prune(new Prune(true, false), Set::of, SOON);
        assertThat(entries("blobs")).isEmpty();
        assertThat(entries("layers")).isEmpty();
        assertThat(entries("names")).isEmpty();
        assertThat(entries("images")).isEmpty();
    }

    @Test
    void a_layer_that_a_container_stands_on_stays_also_when_its_image_is_gone() throws Exception {
        Image image = image("a");
        Digest layer = image.diffIds().getLast();
        Files.delete(scratch.resolve("store/blobs").resolve(image.configDigest().hex()));
        store.prune(new Prune(true, false), () -> Set.of(layer), SOON);
        assertThat(entries("layers")).containsExactly(layer.hex());
    }

    /** Whoever uses the store may be about to stand on it. */
    private static Set<Digest> tooEarly() {
        throw new AssertionError("asked what containers stand on before the store was let go of");
    }

    @Test
    void nothing_is_removed_while_somebody_uses_the_store() throws Exception {
        image("a");
        try (ImageHold hold = store.hold()) {
            assertThat(hold).isNotNull();
            assertThatThrownBy(() -> store.prune(new Prune(true, false), PruneTest::tooEarly, Duration.ofMillis(10)))
                    .hasMessageContaining("was in use");
        }
        assertThat(store.prune(new Prune(true, false), Set::of, SOON).images()).hasSize(1);
    }

    @Test
    void what_an_owner_brought_goes_a_while_after_it_is_no_longer_pinned_and_what_people_brought_stays()
            throws Exception {
        ImageStore agent = store.with(PullSetup.NONE.forOwner("agent-1"));
        Image old = image(agent, "old", "old");
        Image hand = image("hand");
        image(agent, "hand", "hand");
        agent.pin("agent-1", Set.of(old.reference(), hand.reference()), NOW);
        agent.pin("agent-1", Set.of(), Instant.now());

        agent.retire("agent-1", Duration.ofDays(1), Set::of, SOON);
        assertThat(store.resolve(old.reference())).isPresent();
        agent.retire("agent-1", Duration.ZERO, Set::of, SOON);
        assertThat(store.resolve(old.reference())).isEmpty();
        assertThat(old.layers().getLast()).doesNotExist();
        assertThat(store.resolve(hand.reference())).contains(hand);
    }

    @Test
    void an_image_is_removed_by_name_unless_somebody_needs_it() throws Exception {
        Image image = image("a");
        String name = image.reference();
        Set<Digest> used = Set.of(image.diffIds().getLast());
        assertThatThrownBy(() -> store.remove(name, () -> used, SOON)).hasMessageContaining("a container stands on it");
        store.pin("agent-1", Set.of(name), NOW);
        assertThatThrownBy(() -> store.remove(name, Set::of, SOON)).hasMessageContaining("pinned by agent-1");
        store.pin("agent-1", Set.of(), NOW);
        assertThat(store.remove(name, Set::of, SOON).images()).hasSize(1);
        assertThat(entries("blobs")).isEmpty();
        assertThatThrownBy(() -> store.remove(name, Set::of, SOON)).hasMessageContaining("there is no image");
    }

    @Test
    void a_broken_download_goes_when_all_that_is_unused_does_or_when_it_is_old() throws Exception {
        Path part = scratch.resolve("store/blobs/.part-" + "a".repeat(64));
        Files.writeString(part, "half");
        assertThat(store.prune(Prune.UNNAMED, Set::of, SOON).partial()).isZero();
        Files.setLastModifiedTime(part, java.nio.file.attribute.FileTime.from(NOW.minus(Duration.ofDays(400))));
        assertThat(store.prune(Prune.UNNAMED, Set::of, SOON).partial()).isEqualTo(1);
        Files.writeString(part, "half");
        assertThat(store.prune(new Prune(true, false), Set::of, SOON).partial()).isEqualTo(1);
        assertThat(part).doesNotExist();
    }
}
