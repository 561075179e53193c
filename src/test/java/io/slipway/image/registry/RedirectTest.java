package io.slipway.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.image.registry.AddressGuard.Place;
import io.slipway.image.registry.StubServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where answers lead, and what goes there with us. */
class RedirectTest {
    private static final String BASIC = "Basic YW15OnB3";

    @TempDir
    private Path scratch;

    private PullFixture fixture;

    @BeforeEach
    void serve() throws Exception {
        fixture = new PullFixture(scratch);
        Files.writeString(
                scratch.resolve("auth.json"),
                "{\"auths\":{\"" + fixture.registry.host() + "\":{\"auth\":\"YW15OnB3\"}}}");
        fixture.registry.rule(
                (request, proper) -> request.header("authorization").equals(BASIC)
                        ? null
                        : Reply.text(401, "{}").with("WWW-Authenticate", "Basic realm=\"r\""));
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void content_may_lie_elsewhere_and_no_credential_goes_there_nor_comes_back(int status) throws Exception {
        try (StubServer elsewhere = new StubServer(request -> {
            if (request.path().startsWith("/back")) {
                return Reply.text(status, "")
                        .with(
                                "Location",
                                fixture.registry
                                                .server()
                                                .uri("/v2/shop" + request.path().substring(5)) + "");
            }
            return Reply.of(200, java.util.Map.of(), fixture.registry.content(fixture.layers.getFirst()));
        })) {
            fixture.registry.rule((request, proper) -> {
                if (request.path().equals(fixture.layerPath(0))
                        && request.header("authorization").equals(BASIC)) {
                    return Reply.text(status, "").with("Location", elsewhere.uri("/data?X-Signature=sig") + "");
                }
                return null;
            });
            assertThat(fixture.store().pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
            assertThat(elsewhere.requests()).isNotEmpty();
            assertThat(elsewhere.requests())
                    .allMatch(request -> request.header("authorization").isEmpty());
        }
    }

    @Test
    void what_was_dropped_on_the_way_does_not_come_back_at_the_first_server() throws Exception {
        AtomicInteger back = new AtomicInteger();
        try (StubServer elsewhere = new StubServer(request ->
                Reply.text(307, "").with("Location", fixture.registry.server().uri("/back") + ""))) {
            fixture.registry.rule((request, proper) -> {
                if (request.path().equals("/back")) {
                    back.incrementAndGet();
                    assertThat(request.header("authorization")).isEmpty();
                    return Reply.of(200, java.util.Map.of(), fixture.registry.content(fixture.layers.getFirst()));
                }
                return request.path().equals(fixture.layerPath(0))
                                && request.header("authorization").equals(BASIC)
                        ? Reply.text(307, "").with("Location", elsewhere.uri("/there") + "")
                        : null;
            });
            assertThat(fixture.store().pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
            assertThat(back.get()).isEqualTo(1);
        }
    }

    @Test
    void a_step_on_the_same_server_keeps_the_credential() throws Exception {
        fixture.registry.rule((request, proper) -> request.path().equals(fixture.layerPath(0))
                        && request.header("authorization").equals(BASIC)
                ? Reply.text(302, "").with("Location", "/v2/other/name/blobs/" + fixture.layers.getFirst())
                : null);
        assertThat(fixture.store().pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
    }

    @Test
    void a_circle_ends() {
        fixture.registry.rule((request, proper) -> request.path().equals(fixture.layerPath(0))
                ? Reply.text(302, "").with("Location", request.path())
                : null);
        assertThatThrownBy(() -> fixture.store().pull(fixture.reference())).hasMessageContaining("more than 5 times");
    }

    @ParameterizedTest
    @CsvSource({
        "http://169.254.169.254/latest/meta-data, link-local",
        "http://2852039166/, link-local",
        "http://0xa9fea9fe/, cannot be resolved",
        "http://[::ffff:169.254.169.254]/, link-local",
        "http://[64:ff9b::a9fe:a9fe]/, link-local",
        "http://100.100.100.200/, link-local",
        "http://[fd00:ec2::254]/, link-local",
        "http://0.0.0.0/, link-local",
        "http://192.0.2.1/, not encrypted",
        "file:///etc/passwd, usable address",
        "http://user:pw@127.0.0.1/, usable address",
        "'', usable address",
    })
    void an_answer_that_leads_where_no_content_is_is_not_followed(String location, String why) {
        fixture.registry.rule((request, proper) -> request.path().equals(fixture.layerPath(0))
                ? Reply.text(307, "").with("Location", location)
                : null);
        assertThatThrownBy(() -> fixture.store().pull(fixture.reference()))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(why);
    }

    @Test
    void an_address_is_known_for_what_it_is_in_all_its_forms() throws Exception {
        for (String one :
                List.of("169.254.1.1", "fe80::1", "224.0.0.1", "0.0.0.0", "::", "64:ff9b::a9fe:1", "2002:a9fe:1::")) {
            assertThat(AddressGuard.place(InetAddress.getByName(one))).as(one).isEqualTo(Place.OFF_LIMITS);
        }
        for (String one :
                List.of("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::")) {
            assertThat(AddressGuard.place(InetAddress.getByName(one))).as(one).isEqualTo(Place.LOOPBACK);
        }
        for (String one : List.of("10.1.1.1", "192.168.0.1", "172.16.0.1", "100.64.0.1", "fd00::1", "64:ff9b::a00:1")) {
            assertThat(AddressGuard.place(InetAddress.getByName(one))).as(one).isEqualTo(Place.PRIVATE);
        }
        assertThat(AddressGuard.place(InetAddress.getByName("1.1.1.1"))).isEqualTo(Place.PUBLIC);
    }

    @Test
    void a_stranger_does_not_lead_us_further_in_and_the_operator_may_allow_it() throws Exception {
        Origin outside = new Origin("https", "1.1.1.1", 443);
        Origin inside = new Origin("https", "10.0.0.1", 443);
        assertThatThrownBy(() -> AddressGuard.check(inside, RegistryHost.DEFAULT, false, List.of(outside)))
                .hasMessageContaining("further inside");
        AddressGuard.check(outside, RegistryHost.DEFAULT, false, List.of(inside));
        AddressGuard.check(inside, RegistryHost.DEFAULT, true, List.of(outside));
        Origin metadata = new Origin("http", "169.254.169.254", 80);
        assertThatThrownBy(() -> AddressGuard.check(metadata, RegistryHost.DEFAULT, true, List.of()))
                .hasMessageContaining("metadata");
    }
}
