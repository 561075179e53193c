package io.slipway.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.image.Digest;
import io.slipway.image.Freshness;
import io.slipway.image.Image;
import io.slipway.image.ImageStore;
import io.slipway.image.PullProgress;
import io.slipway.image.PullSetup;
import io.slipway.image.SignaturePolicy;
import io.slipway.image.SignatureRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignaturePolicyTest {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String PAYLOAD = "application/vnd.dev.cosign.simplesigning.v1+json";

    @TempDir
    private Path scratch;

    private PullFixture fixture;
    private KeyPair key;
    private Path keyFile;

    @BeforeEach
    void serve() throws Exception {
        fixture = new PullFixture(scratch);
        key = pair("EC");
        keyFile = pem("key.pub", key);
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    private static KeyPair pair(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (!algorithm.equals("Ed25519")) {
            generator.initialize(algorithm.equals("EC") ? 256 : 2048);
        }
        return generator.generateKeyPair();
    }

    private Path pem(String name, KeyPair pair) throws IOException {
        return Files.writeString(
                scratch.resolve(name),
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(pair.getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
    }

    private ImageStore store(SignatureRule... rules) throws IOException {
        return fixture.store()
                .with(PullSetup.of(fixture.client(), PullProgress.NONE, new SignaturePolicy(List.of(rules))));
    }

    private SignatureRule signed() {
        return new SignatureRule(fixture.registry.host() + "/shop/*", SignatureRule.Demand.SIGNED, List.of(keyFile));
    }

    /** As cosign does it. */
    private void sign(KeyPair by, String algorithm, Digest named, String type) throws Exception {
        byte[] payload =
                ("{\"critical\":{\"identity\":{\"docker-reference\":\"x\"},\"image\":{\"docker-manifest-digest\":\""
                                + named + "\"},\"type\":\"" + type + "\"},\"optional\":null}")
                        .getBytes(StandardCharsets.UTF_8);
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(by.getPrivate());
        signer.update(payload);
        String signature = Base64.getEncoder().encodeToString(signer.sign());
        Digest digest = fixture.registry.tag("payload", PAYLOAD, payload);
        String document = "{\"schemaVersion\":2,\"config\":{},\"layers\":[{\"mediaType\":\"" + PAYLOAD
                + "\",\"digest\":\"" + digest + "\",\"size\":" + payload.length
                + ",\"annotations\":{\"dev.cosignproject.cosign/signature\":\"" + signature + "\"}}]}";
        fixture.registry.tag(
                "sha256-" + fixture.registry.tagged("v1").hex() + ".sig",
                MANIFEST,
                document.getBytes(StandardCharsets.UTF_8));
    }

    private void sign(KeyPair by, String algorithm) throws Exception {
        sign(by, algorithm, fixture.registry.tagged("v1"), "cosign container image signature");
    }

    @ParameterizedTest
    @CsvSource({"EC, SHA256withECDSA", "RSA, SHA256withRSA", "Ed25519, Ed25519"})
    void an_image_that_is_signed_by_the_key_comes_in(String algorithm, String signature) throws Exception {
        key = pair(algorithm);
        keyFile = pem("key.pub", key);
        sign(key, signature);
        assertThat(store(signed()).pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
    }

    @Test
    void an_image_without_a_signature_is_refused_before_any_of_its_content_is_asked_for() throws Exception {
        ImageStore store = store(signed());
        assertThatThrownBy(() -> store.pull(fixture.reference()))
                .hasMessageContaining("signature_refused")
                .hasMessageContaining("it has no signature")
                .hasMessageContaining(keyFile.toString());
        assertThat(fixture.registry.server().requests())
                .noneMatch(request -> request.path().contains("/blobs/"));
        assertThat(store.list()).isEmpty();
    }

    @Test
    void a_signature_by_another_for_another_or_of_another_type_does_not_count() throws Exception {
        sign(pair("EC"), "SHA256withECDSA");
        assertThatThrownBy(() -> store(signed()).pull(fixture.reference())).hasMessageContaining("by nobody of those");
        sign(key, "SHA256withECDSA", fixture.layers.getFirst(), "cosign container image signature");
        assertThatThrownBy(() -> store(signed()).pull(fixture.reference())).hasMessageContaining("for another image");
        sign(key, "SHA256withECDSA", fixture.registry.tagged("v1"), "atomic container signature");
        assertThatThrownBy(() -> store(signed()).pull(fixture.reference())).hasMessageContaining("another type");
    }

    @Test
    void an_image_that_is_here_is_verified_again_without_the_registry_and_by_the_keys_of_now() throws Exception {
        sign(key, "SHA256withECDSA");
        String name = fixture.reference().toString();
        Image image = store(signed()).obtain(name);
        fixture.registry.server().forgetRequests();
        assertThat(store(signed()).obtain(name, Freshness.MISSING)).isEqualTo(image);
        assertThat(store(signed()).obtain(name + "@" + image.manifestDigest()).layers())
                .isEqualTo(image.layers());
        assertThat(fixture.registry.server().requests()).isEmpty();

        keyFile = pem("other.pub", pair("EC"));
        assertThatThrownBy(() -> store(signed()).obtain(name, Freshness.MISSING))
                .hasMessageContaining("by nobody of those");
    }

    @Test
    void an_image_that_came_before_the_rule_needs_its_signature_from_then_on() throws Exception {
        String name = fixture.reference().toString();
        store().obtain(name);
        assertThatThrownBy(() -> store(signed()).obtain(name, Freshness.MISSING))
                .hasMessageContaining("it has no signature");
        sign(key, "SHA256withECDSA");
        assertThat(store(signed()).obtain(name, Freshness.MISSING).layers()).hasSize(PullFixture.LAYERS);
    }

    @Test
    void the_first_rule_that_covers_a_name_counts() throws Exception {
        String host = fixture.registry.host();
        SignatureRule accept = new SignatureRule(host + "/shop/check*", SignatureRule.Demand.NOTHING, List.of());
        SignatureRule nothing = new SignatureRule("*", SignatureRule.Demand.NOT_AT_ALL, List.of());
        assertThat(store(accept, nothing).pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThatThrownBy(() -> store(accept, nothing).pull(fixture.reference("other/a:v1")))
                .hasMessageContaining("lets nothing in");
        assertThatThrownBy(() -> store(accept, nothing).importFrom("oci:" + scratch.resolve("layout") + ":v1"))
                .hasMessageContaining("lets nothing in");
    }

    @Test
    void a_file_of_the_operator_is_read_and_what_is_wrong_in_it_is_named() throws Exception {
        Path file = scratch.resolve("registries.yaml");
        Files.writeString(file, """
                registries:
                  registry.internal:5000:
                    plainHttp: true
                    mirrors: [https://mirror.internal/hub]
                  secure.internal: {ca: ca.pem, anyAddress: true}
                auth: auth.json
                signatures:
                  - images: registry.internal:5000/shop/*
                    keys: [key.pub]
                  - images: "*"
                    refuse: true
                """);
        RegistriesFile.Content content = RegistriesFile.read(file);
        assertThat(content.settings().host("registry.internal:5000").plainHttp())
                .contains(true);
        assertThat(content.settings().host("registry.internal:5000").mirrors()).hasSize(1);
        assertThat(content.settings().host("secure.internal").ca()).contains(scratch.resolve("ca.pem"));
        assertThat(content.settings().auth()).isEqualTo(scratch.resolve("auth.json"));
        assertThat(content.policy().rules()).hasSize(2);
        assertThat(content.policy().rules().getFirst().keys()).containsExactly(keyFile);
        assertThat(RegistriesFile.read(scratch.resolve("none.yaml")).policy().rules())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "registries: {a: {plainHtp: true}}|registries.a.plainHtp is not known. Did you mean 'plainHttp'?",
                "registries: {a: {plainHttp: maybe}}|registries.a.plainHttp must be true or false",
                "registries: {a: {mirrors: [\"ftp://x\"]}}|registries.a.mirrors[0] must be an address",
                "registries: [a]|registries must be a mapping",
                "signatures: [{images: x}]|signatures[0] must say one of",
                "signatures: [{images: x, accept: true, refuse: true}]|signatures[0] must say one of",
                "signatures: [{accept: true}]|signatures[0].images must be a text",
                "sig: 1|sig is not known",
                "'a: b: c'|not YAML",
                "'{registries: {}, registries: {}}'|duplicate",
            })
    void what_is_not_understood_is_refused_with_its_place(String text, String problem) throws Exception {
        Path file = Files.writeString(scratch.resolve("registries.yaml"), text);
        assertThatThrownBy(() -> RegistriesFile.read(file))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(problem)
                .hasMessageContaining(file.toString());
    }
}
