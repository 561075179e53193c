package io.slipway.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.image.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry over TLS whose certificate is of a private authority. */
class PrivateCaTest {
    @TempDir
    private Path scratch;

    private OwnCa ca;
    private PullFixture fixture;

    @BeforeEach
    void serve() throws Exception {
        ca = new OwnCa(scratch.resolve("ca"));
        fixture = new PullFixture(scratch, new StubRegistry(ca.serving("ip:127.0.0.1")));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    /** As the operator writes it down. */
    private RegistrySettings settings(String registry, String rule) throws Exception {
        Path file = Files.writeString(
                scratch.resolve(RegistriesFile.NAME),
                "registries:\n  \"" + registry + "\": {" + rule + "}\nauth: auth.json\n");
        return RegistriesFile.read(file).settings();
    }

    private RegistrySettings trusting(OwnCa trusted) throws Exception {
        return settings(fixture.registry.host(), "ca: " + trusted.certificate());
    }

    @Test
    void an_image_is_pulled_when_the_authority_is_trusted_for_this_registry() throws Exception {
        Image image = fixture.store(trusting(ca)).pull(fixture.reference());
        assertThat(image.layers()).hasSize(PullFixture.LAYERS).allMatch(Files::isDirectory);
    }

    @Test
    void without_it_the_pull_is_refused_at_once_and_told_what_to_write_where() throws Exception {
        assertThatThrownBy(() -> fixture.store(settings(fixture.registry.host(), "plainHttp: false"))
                        .pull(fixture.reference()))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(fixture.registry.host() + "/v2/shop/checkout/manifests/v1")
                .hasMessageContaining("no TLS connection")
                .hasMessageContaining("unable to find valid certification path")
                .hasMessageContaining("name its file as 'ca' in registries.yaml");
        nothing_was_said_or_kept();
    }

    @Test
    void trust_in_an_authority_is_for_its_registry_alone() throws Exception {
        assertThatThrownBy(() -> fixture.store(settings(
                                "other.example.com",
                                "ca: " + ca.certificate() + "}\n  \"" + fixture.registry.host()
                                        + "\": {plainHttp: false"))
                        .pull(fixture.reference()))
                .hasMessageContaining("no TLS connection");
        nothing_was_said_or_kept();
    }

    @Test
    void another_authority_is_not_this_one() throws Exception {
        assertThatThrownBy(() -> fixture.store(trusting(new OwnCa(scratch.resolve("other"))))
                        .pull(fixture.reference()))
                .hasMessageContaining("no TLS connection");
        nothing_was_said_or_kept();
    }

    @Test
    void a_certificate_for_another_name_is_refused_also_from_a_trusted_authority() throws Exception {
        try (PullFixture other =
                new PullFixture(scratch.resolve("misnamed"), new StubRegistry(ca.serving("dns:other.example.com")))) {
            RegistrySettings settings = settings(other.registry.host(), "ca: " + ca.certificate());
            assertThatThrownBy(() -> other.store(settings).pull(other.reference()))
                    .hasMessageContaining("no TLS connection")
                    .hasMessageContaining("127.0.0.1");
        }
    }

    @Test
    void a_file_without_certificates_is_named_in_the_refusal() throws Exception {
        Path empty = Files.writeString(scratch.resolve("empty.pem"), "");
        for (Path file : new Path[] {empty, scratch.resolve("missing.pem")}) {
            assertThatThrownBy(() -> fixture.store(settings(fixture.registry.host(), "ca: " + file))
                            .pull(fixture.reference()))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    private void nothing_was_said_or_kept() throws Exception {
        assertThat(fixture.registry.server().requests()).isEmpty();
        assertThat(fixture.blobs()).isEmpty();
    }
}
