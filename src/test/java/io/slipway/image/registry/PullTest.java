package io.slipway.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.image.IdShift;
import io.slipway.image.Image;
import io.slipway.image.ImageStore;
import io.slipway.image.PullProgress;
import io.slipway.image.PullSetup;
import io.slipway.image.SignaturePolicy;
import io.slipway.image.registry.StubServer.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pulls from a registry of ours that does as it should. */
class PullTest {
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

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

    @Test
    void an_image_is_pulled_by_tag_and_then_known_by_name_and_digest() throws Exception {
        Image image = store.pull(fixture.reference());

        assertThat(image.layers()).hasSize(PullFixture.LAYERS);
        for (int i = 0; i < PullFixture.LAYERS; i++) {
            assertThat(image.layers().get(i).resolve("file" + i)).hasSize(PullFixture.LAYER_BYTES);
        }
        assertThat(image.manifestDigest()).isEqualTo(registry.tagged("v1"));
        ImageStore again = ImageStore.open(fixture.root(), IdShift.DEFAULT);
        assertThat(again.resolve(registry.host() + "/shop/checkout:v1")).contains(image);
        assertThat(again.resolve(image.manifestDigest().toString())).isPresent();
        assertThat(fixture.blobs()).hasSize(2 + PullFixture.LAYERS).noneMatch(name -> name.startsWith("."));
    }

    @Test
    void what_is_there_is_not_pulled_again() throws Exception {
        store.pull(fixture.reference());
        registry.server().forgetRequests();
        store.pull(fixture.reference());
        assertThat(registry.server().requests()).hasSize(1);
        assertThat(registry.asked("/manifests/v1")).isEqualTo(1);

        store.obtain(registry.host() + "/shop/checkout:v1@" + registry.tagged("v1"));
        assertThat(registry.server().requests()).hasSize(1);
    }

    @Test
    void a_name_with_its_digest_stays_what_it_was_when_the_tag_moves() throws Exception {
        String name = fixture.reference().toString();
        Image before = store.obtain(name);
        byte[] moved = new String(registry.content(registry.tagged("v1")), StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"annotations\":{\"made\":\"later\"},")
                .getBytes(StandardCharsets.UTF_8);
        registry.tag("v1", MANIFEST, moved);

        assertThat(store.obtain(name).manifestDigest()).isNotEqualTo(before.manifestDigest());
        Image pinned = store.obtain(name + "@" + before.manifestDigest());
        assertThat(pinned.manifestDigest()).isEqualTo(before.manifestDigest());
        // As on a host that has never seen it.
        registry.server().forgetRequests();
        Image elsewhere = ImageStore.open(scratch.resolve("elsewhere"), IdShift.DEFAULT)
                .with(PullSetup.of(fixture.client(), PullProgress.NONE, SignaturePolicy.NONE))
                .obtain(name + "@" + before.manifestDigest());
        assertThat(elsewhere.manifestDigest()).isEqualTo(before.manifestDigest());
        assertThat(registry.asked("/manifests/v1")).isZero();
    }

    @Test
    void many_pulls_at_once_ask_for_each_piece_of_content_once() throws Exception {
        List<Future<Image>> pulls = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(12)) {
            for (int i = 0; i < 24; i++) {
                ImageStore one = i % 2 == 0 ? store : fixture.store();
                pulls.add(threads.submit(() -> one.pull(fixture.reference())));
            }
        }
        Image first = pulls.getFirst().get();
        for (Future<Image> one : pulls) {
            assertThat(one.get()).isEqualTo(first);
        }
        for (int i = 0; i < PullFixture.LAYERS; i++) {
            assertThat(registry.asked(fixture.layerPath(i))).isEqualTo(1);
        }
    }

    @Test
    void what_is_not_there_is_said_in_the_registrys_words_without_its_control_characters() {
        assertThatThrownBy(() -> store.pull(fixture.reference("shop/checkout:v2")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("answered 404 to the request for tag v2 of shop/checkout")
                .hasMessageContaining("MANIFEST_UNKNOWN: not known");
    }

    @ParameterizedTest
    @CsvSource({INDEX, DOCKER_LIST})
    void an_index_gives_the_image_for_this_machine_and_is_known_by_its_own_digest(String type) throws Exception {
        String own = registry.tagged("v1").toString();
        int size = registry.content(registry.tagged("v1")).length;
        String index = """
                {"schemaVersion":2,"mediaType":"%s","manifests":[
                 {"mediaType":"%s","digest":"sha256:%s","size":7,"platform":{"os":"linux","architecture":"s390x"}},
                 {"mediaType":"%s","digest":"%s","size":%d,"platform":{"os":"linux","architecture":"%s"}},
                 {"mediaType":"%s","digest":"sha256:%s","size":7,"platform":{"os":"unknown","architecture":"unknown"}}]}""".formatted(
                        type, MANIFEST, "1".repeat(64), MANIFEST, own, size, architecture(), MANIFEST, "2".repeat(64));
        String digest = registry.tag("multi", type, index.getBytes(StandardCharsets.UTF_8))
                .toString();

        Image image = store.pull(fixture.reference("shop/checkout:multi"));
        assertThat(image.manifestDigest()).hasToString(own);
        registry.server().forgetRequests();
        assertThat(store.obtain(registry.host() + "/shop/checkout:multi@" + digest)
                        .layers())
                .isEqualTo(image.layers());
        assertThat(registry.server().requests()).isEmpty();
    }

    @Test
    void an_index_without_an_image_for_this_machine_names_those_it_has() {
        String index = """
                {"schemaVersion":2,"manifests":[
                 {"mediaType":"%s","digest":"sha256:%s","size":7,"platform":{"os":"linux","architecture":"s390x"}}]}""".formatted(MANIFEST, "1".repeat(64));
        registry.tag("other", INDEX, index.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> store.pull(fixture.reference("shop/checkout:other")))
                .hasMessageContaining("only for [linux/s390x]");
    }

    @Test
    void an_index_that_promises_a_manifest_of_another_size_is_refused() {
        String index = """
                {"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"%s","size":1}]}""".formatted(MANIFEST, registry.tagged("v1"));
        registry.tag("liar", INDEX, index.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> store.pull(fixture.reference("shop/checkout:liar")))
                .hasMessageContaining("where 1 were promised");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/vnd.oci.image.index.v1+json|{\"mediaType\":\"" + MANIFEST + "\"}|the registry calls it",
                MANIFEST + "|{\"schemaVersion\":2,\"manifests\":[],\"layers\":[],\"config\":{}}|at once",
                INDEX + "|{\"schemaVersion\":2,\"manifests\":[],\"layers\":[],\"config\":{}}|at once",
                MANIFEST + "|{\"schemaVersion\":2,\"schemaVersion\":2}|not valid JSON",
                MANIFEST + "|[]|not a JSON object",
                "application/vnd.docker.distribution.manifest.v1+prettyjws|{\"schemaVersion\":1}|old schema 1",
                "text/html|{}|no image that can be run",
                "application/vnd.oci.image.config.v1+json|{}|no image that can be run",
            })
    void a_document_that_means_two_things_or_nothing_is_refused(String type, String document, String problem)
            throws Exception {
        registry.tag("odd", type, document.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> store.pull(fixture.reference("shop/checkout:odd")))
                .hasMessageContaining(problem);
        assertThat(store.list()).isEmpty();
    }

    @Test
    void a_document_whose_type_the_registry_does_not_know_is_taken_by_its_own_word() throws Exception {
        registry.rule((request, proper) -> request.path().contains("/manifests/")
                ? proper.apply(request).with("Content-Type", "application/json; charset=utf-8")
                : null);
        assertThat(store.pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
    }

    @Test
    void a_manifest_larger_than_4_MiB_is_not_read() throws Exception {
        registry.tag("huge", MANIFEST, new byte[(4 << 20) + 1]);
        assertThatThrownBy(() -> store.pull(fixture.reference("shop/checkout:huge")))
                .hasMessageContaining("more than 4194304 bytes");
        assertThat(fixture.blobs()).isEmpty();
    }

    @Test
    void a_digest_other_than_the_reference_names_is_refused() {
        String other = "sha256:" + "3".repeat(64);
        registry.rule((request, proper) -> request.path().endsWith(other)
                ? Reply.of(200, java.util.Map.of("Content-Type", MANIFEST), registry.content(registry.tagged("v1")))
                : null);
        assertThatThrownBy(() -> store.obtain(registry.host() + "/shop/checkout@" + other))
                .hasMessageContaining("where " + other + " was promised");
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }
}
