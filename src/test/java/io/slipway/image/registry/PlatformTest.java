package io.slipway.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.image.Digest;
import io.slipway.image.Freshness;
import io.slipway.image.IdShift;
import io.slipway.image.Image;
import io.slipway.image.ImageConfig;
import io.slipway.image.ImageStore;
import io.slipway.image.LayoutWriter;
import io.slipway.image.Platform;
import io.slipway.image.PullProgress;
import io.slipway.image.PullSetup;
import io.slipway.image.SignaturePolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One name for the images of several architectures: hosts of each take their own, and are pinned by the same digest. */
class PlatformTest {
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final Platform AMD = new Platform("linux", "amd64");
    private static final Platform ARM = new Platform("linux", "arm64");

    @TempDir
    private Path scratch;

    private StubRegistry registry;
    private RegistryClient client;
    private Path layout;
    private Digest amd;
    private Digest arm;
    private Digest index;

    @BeforeEach
    void serve() throws IOException {
        registry = new StubRegistry();
        client = new RegistryClient(
                RegistrySettings.defaults().withAuth(scratch.resolve("auth.json")), PullProgress.NONE);
        layout = scratch.resolve("layout");
        LayoutWriter writer = LayoutWriter.open(layout);
        amd = image(writer, AMD);
        arm = image(writer, ARM);
        writer.finish();
        registry.hold(layout);
        index = registry.tag("v1", INDEX, index(described(arm, "arm64", "v8"), described(amd, "amd64", "")));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        registry.close();
    }

    @Test
    void hosts_of_two_architectures_are_pinned_by_one_digest_and_each_has_its_own() throws Exception {
        Image here = store("one", AMD).obtain(name());
        Image there = store("two", ARM).obtain(name());

        assertThat(here.manifestDigest()).isEqualTo(amd);
        assertThat(there.manifestDigest()).isEqualTo(arm);
        assertThat(here.rootDigest()).isEqualTo(there.rootDigest()).isEqualTo(index);
        assertThat(there.layers().getFirst().resolve("platform")).hasContent("linux/arm64");

        registry.tag("v1", MANIFEST, registry.content(amd));
        // A host that knows it by its tag alone, and one that comes later.
        for (String host : List.of("two", "three")) {
            Image pinned = store(host, ARM).obtain(name() + "@" + index);
            assertThat(pinned.manifestDigest()).isEqualTo(arm);
            assertThat(pinned.rootDigest()).isEqualTo(index);
        }
        assertThat(store("two", ARM).obtain(name(), Freshness.MISSING).rootDigest())
                .isEqualTo(index);
    }

    @Test
    void a_host_that_it_has_no_image_for_is_refused_it_before_anything_else_is_brought() {
        assertThatThrownBy(() -> store("other", new Platform("linux", "s390x")).obtain(name() + "@" + index))
                .hasMessageContaining("has no image for linux/s390x, only for [linux/arm64, linux/amd64]");
        assertThat(registry.server().requests())
                .noneMatch(request -> request.path().contains("/blobs/"));
    }

    @Test
    void what_was_pulled_for_another_machine_is_looked_into_there_and_not_run_here() throws Exception {
        Image foreign = store("one", ARM).obtain(name());
        assertThat(store("one", AMD).resolve(name())).contains(foreign);
        assertThatThrownBy(() -> store("one", AMD).obtain(name(), Freshness.NEVER))
                .hasMessageContaining("in this store for linux/amd64");

        assertThat(store("one", AMD).obtain(name(), Freshness.MISSING).manifestDigest())
                .isEqualTo(amd);
        assertThat(store("one", AMD).obtain(name() + "@" + index).manifestDigest())
                .isEqualTo(amd);
    }

    @Test
    void of_several_variants_the_one_that_all_machines_of_the_architecture_run_is_taken() throws Exception {
        Digest newer = registry.tag("newer", MANIFEST, later(amd, "v3"));
        Digest newest = registry.tag("newest", MANIFEST, later(amd, "v4"));
        registry.tag(
                "variants",
                INDEX,
                index(
                        described(newest, "amd64", "v4"),
                        described(newer, "amd64", "v3"),
                        described(amd, "amd64", "v1")));
        registry.tag("new", INDEX, index(described(newest, "amd64", "v4"), described(newer, "amd64", "v3")));

        ImageStore store = store("one", AMD);
        assertThat(store.obtain(registry.host() + "/shop/checkout:variants").manifestDigest())
                .isEqualTo(amd);
        assertThat(store.obtain(registry.host() + "/shop/checkout:new").manifestDigest())
                .isEqualTo(newer);
    }

    @Test
    void an_index_in_a_layout_is_pinned_as_one_in_a_registry() throws Exception {
        byte[] both = index(described(arm, "arm64", ""), described(amd, "amd64", ""));
        Digest nested = Digest.of(both);
        Files.write(layout.resolve("blobs/sha256").resolve(nested.hex()), both);
        Files.writeString(
                layout.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" + INDEX + "\",\"digest\":\"" + nested
                        + "\",\"size\":" + both.length
                        + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"both\"}}]}");

        String name = "oci:" + layout + ":both";
        assertThat(store("one", AMD).obtain(name).rootDigest()).isEqualTo(nested);
        for (String host : List.of("one", "two")) {
            assertThat(store(host, AMD).obtain(name + "@" + nested).manifestDigest())
                    .isEqualTo(amd);
        }
        assertThat(store("three", ARM).obtain(name + "@" + nested).manifestDigest())
                .isEqualTo(arm);
    }

    private ImageStore store(String host, Platform platform) throws IOException {
        return ImageStore.open(scratch.resolve(host), IdShift.DEFAULT)
                .with(PullSetup.of(client, PullProgress.NONE, SignaturePolicy.NONE)
                        .forPlatform(platform));
    }

    private String name() {
        return registry.host() + "/shop/checkout:v1";
    }

    private static Digest image(LayoutWriter writer, Platform platform) throws IOException {
        byte[] content = platform.toString().getBytes(StandardCharsets.UTF_8);
        LayoutWriter.Layer layer = writer.layer(tar -> tar.file("platform", content, 0644));
        ImageConfig config = new ImageConfig(
                List.of("/platform"),
                List.of(),
                new LinkedHashMap<>(),
                "",
                "/",
                List.of(),
                platform.architecture(),
                platform.os(),
                Map.of(),
                "");
        return writer.image(platform.architecture(), config, List.of(layer));
    }

    /** The same image by another digest. */
    private byte[] later(Digest manifest, String note) {
        return new String(registry.content(manifest), StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"annotations\":{\"variant\":\"" + note + "\"},")
                .getBytes(StandardCharsets.UTF_8);
    }

    private String described(Digest manifest, String architecture, String variant) {
        return "{\"mediaType\":\"" + MANIFEST + "\",\"digest\":\"" + manifest + "\",\"size\":"
                + registry.content(manifest).length + ",\"platform\":{\"os\":\"linux\",\"architecture\":\""
                + architecture + "\""
                + (variant.isEmpty() ? "" : ",\"variant\":\"" + variant + "\"") + "}}";
    }

    private static byte[] index(String... manifests) {
        return ("{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[" + String.join(",", manifests)
                        + "]}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
