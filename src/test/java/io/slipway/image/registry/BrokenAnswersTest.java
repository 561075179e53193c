package io.slipway.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.image.Digest;
import io.slipway.image.ImageException;
import io.slipway.image.ImageStore;
import io.slipway.image.registry.StubServer.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are cut, silent, changed or false, of each kind of document and content. */
class BrokenAnswersTest {
    @TempDir
    private Path scratch;

    private PullFixture fixture;
    private StubRegistry registry;
    private ImageStore store;

    @BeforeEach
    void serve() throws Exception {
        fixture = new PullFixture(scratch);
        registry = fixture.registry;
        store = fixture.store();
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    /** What breaks: the path's end. */
    enum Part {
        MANIFEST,
        CONFIG,
        LAYER
    }

    @ParameterizedTest
    @CsvSource({
        "MANIFEST, 0", "MANIFEST, 1", "MANIFEST, 20", "MANIFEST, -1", "MANIFEST, -2", "MANIFEST, -3", "MANIFEST, -4",
        "CONFIG, 0", "CONFIG, 1", "CONFIG, 20", "CONFIG, -1", "CONFIG, -2", "CONFIG, -3", "CONFIG, -4",
        "LAYER, 0", "LAYER, 1", "LAYER, 20", "LAYER, -1", "LAYER, -2", "LAYER, -3", "LAYER, -4"
    })
    void an_answer_that_is_cut_anywhere_is_asked_for_again_and_content_goes_on_where_it_broke(Part part, int place)
            throws Exception {
        AtomicInteger times = new AtomicInteger();
        registry.rule((request, proper) -> request.path().equals(path(part)) && times.getAndIncrement() < 2
                ? cut(proper.apply(request), place)
                : null);

        assertThat(store.pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        List<Integer> from = from(part);
        assertThat(from).hasSizeGreaterThan(2).isSorted();
        assertThat(from.getLast()).isLessThanOrEqualTo(continuable(part));
    }

    /**
     * From which byte on each request asked. After a cut that need not be the place of the cut: what came just before a connection's end may be
     * thrown away with it (RFC 1122 section 4.2.2.13).
     */
    private List<Integer> from(Part part) {
        return registry.server().requests().stream()
                .filter(request -> request.path().equals(path(part)))
                .map(request -> request.header("range"))
                .map(range -> range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("bytes=([0-9]+)-", "$1")))
                .toList();
    }

    /** Negative places: after the head, after the body's first byte, in its middle, before its last byte. */
    private static Reply cut(Reply reply, int place) {
        int head = reply.headBytes();
        int body = reply.body().length;
        return reply.cut(
                switch (place) {
                    case -1 -> head;
                    case -2 -> head + 1;
                    case -3 -> head + body / 2;
                    case -4 -> head + body - 1;
                    default -> place;
                });
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void an_answer_that_falls_silent_in_its_middle_is_given_up_and_continued(Part part) throws Exception {
        store = impatient();
        AtomicInteger times = new AtomicInteger();
        registry.rule((request, proper) -> {
            if (!request.path().equals(path(part)) || times.getAndIncrement() > 0) {
                return null;
            }
            Reply reply = proper.apply(request);
            return reply.stallAfter(reply.headBytes() + reply.body().length / 2);
        });
        assertThat(store.pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(fixture.waits.told).anyMatch(text -> text.contains("nothing came for 1000 ms"));
        assertThat(from(part)).containsExactly(0, continuable(part) / 2);
    }

    /** How much of it may be kept when a connection ends; a manifest is small, and asked for whole. */
    private int continuable(Part part) {
        return switch (part) {
            case MANIFEST -> 0;
            case CONFIG -> registry.content(Digest.parse(config())).length;
            case LAYER -> registry.content(fixture.layers.getFirst()).length;
        };
    }

    /** Gives an answer up that falls silent; unlike one that is cut, all that was sent of it has come by then. */
    private ImageStore impatient() throws IOException {
        return fixture.store(
                fixture.settings().withTimes(Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMinutes(2)));
    }

    @ParameterizedTest
    @CsvSource({
        "MANIFEST, 0",
        "MANIFEST, 1",
        "MANIFEST, 2",
        "CONFIG, 0",
        "CONFIG, 1",
        "CONFIG, 2",
        "LAYER, 0",
        "LAYER, 1",
        "LAYER, 2"
    })
    void content_that_is_changed_in_one_byte_once_is_got_again(Part part, int place) throws Exception {
        AtomicInteger times = new AtomicInteger();
        registry.rule((request, proper) -> request.path().equals(path(part)) && times.getAndIncrement() == 0
                ? proper.apply(request).body(changed(proper.apply(request).body(), place))
                : null);
        assertThat(store.pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(registry.asked(path(part))).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "MANIFEST, 0",
        "MANIFEST, 1",
        "MANIFEST, 2",
        "CONFIG, 0",
        "CONFIG, 1",
        "CONFIG, 2",
        "LAYER, 0",
        "LAYER, 1",
        "LAYER, 2"
    })
    void content_that_is_always_changed_is_refused_and_nothing_of_it_stays(Part part, int place) throws Exception {
        registry.rule((request, proper) -> request.path().equals(path(part))
                ? proper.apply(request).body(changed(proper.apply(request).body(), place))
                : null);
        assertThatThrownBy(() -> store.pull(fixture.reference()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("changed");
        assertThat(store.list()).isEmpty();
        String wrong = path(part).substring(path(part).lastIndexOf(':') + 1);
        assertThat(fixture.blobs()).noneMatch(name -> name.contains(wrong));
        assertThat(registry.asked(path(part))).isEqualTo(3);
    }

    private static byte[] changed(byte[] content, int place) {
        byte[] other = content.clone();
        other[place == 0 ? 0 : place == 1 ? other.length / 2 : other.length - 1] ^= 1;
        return other;
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void content_of_another_size_than_the_manifest_says_is_refused_by_its_length(int more) throws Exception {
        registry.rule((request, proper) -> {
            if (!request.path().equals(path(Part.LAYER))) {
                return null;
            }
            byte[] content = proper.apply(request).body();
            return proper.apply(request).body(Arrays.copyOf(content, content.length + more));
        });
        assertThatThrownBy(() -> store.pull(fixture.reference())).hasMessageContaining("where the manifest says");
    }

    @Test
    void content_in_chunks_is_read_and_continued_when_a_chunk_is_cut() throws Exception {
        AtomicInteger times = new AtomicInteger();
        registry.rule((request, proper) -> {
            if (!request.path().equals(path(Part.LAYER))) {
                return null;
            }
            byte[] chunks = chunked(proper.apply(request).body());
            Reply reply = proper.apply(request).body(chunks).with("Transfer-Encoding", "chunked");
            return times.getAndIncrement() == 0 ? reply.cut(reply.headBytes() + chunks.length / 3) : reply;
        });
        assertThat(store.pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(times.get()).isEqualTo(2);
    }

    private static byte[] chunked(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < content.length; at += 10_000) {
            int size = Math.min(10_000, content.length - at);
            out.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(content, at, size);
            out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    @Test
    void a_registry_that_takes_no_notice_of_a_range_is_read_past_what_is_here() throws Exception {
        AtomicInteger times = new AtomicInteger();
        registry.rule((request, proper) -> {
            if (!request.path().equals(path(Part.LAYER))) {
                return null;
            }
            byte[] content = registry.content(fixture.layers.getFirst());
            Reply whole = Reply.of(200, Map.of(), content);
            return times.getAndIncrement() == 0 ? whole.cut(whole.headBytes() + 150_000) : whole;
        });
        assertThat(store.pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(times.get()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 0-9/10", "bytes x", "", "bytes 0-9/*"})
    void a_part_that_is_not_the_one_asked_for_is_never_taken_for_it(String range) throws Exception {
        AtomicInteger times = new AtomicInteger();
        registry.rule((request, proper) -> {
            if (!request.path().equals(path(Part.LAYER))) {
                return null;
            }
            Reply whole = Reply.of(200, Map.of(), registry.content(fixture.layers.getFirst()));
            return times.getAndIncrement() == 0
                    ? whole.cut(whole.headBytes() + 150_000)
                    : Reply.of(206, Map.of("Content-Range", range), new byte[10]);
        });
        assertThatThrownBy(() -> store.pull(fixture.reference())).isInstanceOf(ImageException.class);
        assertThat(store.list()).isEmpty();
    }

    @Test
    void a_download_that_was_given_up_is_continued_by_the_next_pull() throws Exception {
        store = impatient();
        AtomicInteger times = new AtomicInteger();
        registry.rule((request, proper) -> {
            if (!request.path().equals(path(Part.LAYER))) {
                return null;
            }
            Reply reply = proper.apply(request);
            return times.getAndIncrement() == 0 ? reply.stallAfter(reply.headBytes() + 150_000) : Reply.text(500, "{}");
        });
        assertThatThrownBy(() -> store.pull(fixture.reference())).hasMessageContaining("answered 500");
        registry.rule((request, proper) -> proper.apply(request));
        registry.server().forgetRequests();

        assertThat(store.pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(from(Part.LAYER)).containsExactly(150_000);
    }

    @Test
    void what_a_broken_download_left_that_is_wrong_is_thrown_away_once() throws Exception {
        Digest layer = fixture.layers.getFirst();
        java.nio.file.Files.write(fixture.root().resolve("blobs/.part-" + layer.hex()), new byte[1000]);
        assertThat(store.pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(registry.asked(path(Part.LAYER))).isEqualTo(2);
    }

    private String path(Part part) {
        return switch (part) {
            case MANIFEST -> fixture.manifestPath();
            case CONFIG -> "/v2/shop/checkout/blobs/" + config();
            case LAYER -> fixture.layerPath(0);
        };
    }

    private String config() {
        String manifest = new String(registry.content(registry.tagged("v1")), StandardCharsets.UTF_8);
        return manifest.replaceAll("(?s).*\"config\":\\{[^}]*\"digest\":\"(sha256:[0-9a-f]{64})\".*", "$1");
    }
}
