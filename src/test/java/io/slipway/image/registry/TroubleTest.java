package io.slipway.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.image.Freshness;
import io.slipway.image.ImageReference;
import io.slipway.image.registry.RegistryException.Kind;
import io.slipway.image.registry.StubServer.Reply;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Registries that refuse, have too much to do, or are not there; mirrors. */
class TroubleTest {
    @TempDir
    private Path scratch;

    private PullFixture fixture;

    @BeforeEach
    void serve() throws Exception {
        fixture = new PullFixture(scratch);
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({"401, UNAUTHORIZED", "403, DENIED", "404, NOT_FOUND", "418, BROKEN"})
    void a_refusal_is_told_at_once(int status, Kind kind) {
        fixture.registry.rule((request, proper) ->
                request.path().equals(fixture.layerPath(1)) ? Reply.text(status, "not json") : null);
        assertThatThrownBy(() -> fixture.store().pull(fixture.reference()))
                .asInstanceOf(InstanceOfAssertFactories.type(RegistryException.class))
                .extracting(RegistryException::kind)
                .isEqualTo(kind);
        assertThat(fixture.waits.waited).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503})
    void trouble_that_may_pass_is_waited_for(int status) throws Exception {
        AtomicInteger times = new AtomicInteger();
        fixture.registry.rule(
                (request, proper) -> request.path().equals(fixture.layerPath(1)) && times.getAndIncrement() < 4
                        ? Reply.text(status, "")
                        : null);
        assertThat(fixture.store().pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(fixture.waits.waited).hasSize(4);
        assertThat(fixture.waits.waited.getLast()).isGreaterThan(fixture.waits.waited.getFirst());
    }

    @Test
    void trouble_that_does_not_pass_ends_when_patience_does() {
        fixture.registry.rule(
                (request, proper) -> request.path().equals(fixture.layerPath(1)) ? Reply.text(500, "") : null);
        assertThatThrownBy(() -> fixture.store().pull(fixture.reference()))
                .hasMessageContaining("given up: answered 500");
        Duration waited = fixture.waits.waited.stream().reduce(Duration.ZERO, Duration::plus);
        assertThat(waited).isBetween(Duration.ofSeconds(100), Duration.ofMinutes(2));
    }

    @Test
    void a_registry_that_says_how_long_to_wait_is_obeyed() throws Exception {
        AtomicInteger times = new AtomicInteger();
        fixture.registry.rule(
                (request, proper) -> request.path().equals(fixture.manifestPath()) && times.getAndIncrement() == 0
                        ? Reply.text(429, "").with("Retry-After", "37")
                        : null);
        fixture.store().pull(fixture.reference());
        assertThat(fixture.waits.waited).containsExactly(Duration.ofSeconds(37));
    }

    @Test
    void a_date_to_wait_for_is_read_by_the_registrys_own_clock() throws Exception {
        AtomicInteger times = new AtomicInteger();
        fixture.registry.rule(
                (request, proper) -> request.path().equals(fixture.manifestPath()) && times.getAndIncrement() == 0
                        ? Reply.text(503, "")
                                .with("Date", "Mon, 23 Nov 2026 10:00:00 GMT")
                                .with("Retry-After", "Mon, 23 Nov 2026 10:01:05 GMT")
                        : null);
        fixture.store().pull(fixture.reference());
        assertThat(fixture.waits.waited).containsExactly(Duration.ofSeconds(65));
    }

    @Test
    void a_registry_that_is_not_to_be_asked_for_an_hour_is_not_asked_again() throws Exception {
        fixture.registry.rule((request, proper) -> Reply.text(429, "").with("Retry-After", "3600"));
        var store = fixture.store();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> store.pull(fixture.reference()))
                    .asInstanceOf(InstanceOfAssertFactories.type(RegistryException.class))
                    .extracting(RegistryException::kind)
                    .isEqualTo(Kind.LIMITED);
        }
        assertThat(fixture.registry.server().requests()).hasSize(1);
        assertThat(fixture.waits.waited).isEmpty();
    }

    @Test
    void nobody_there_is_told_after_three_tries() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertThatThrownBy(() -> fixture.store().pull(ImageReference.parse("127.0.0.1:" + port + "/a:b")))
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("given up");
        assertThat(fixture.waits.waited).hasSize(2);
    }

    @Test
    void a_registry_off_loopback_is_not_spoken_to_without_tls_unless_allowed() throws Exception {
        ImageReference far = ImageReference.parse("registry.example.com/a:b");
        assertThat(Endpoint.route(far, fixture.settings()).getLast().origin().secure())
                .isTrue();
        assertThat(Endpoint.route(far, fixture.settings().withPlainHttp("registry.example.com"))
                        .getLast()
                        .origin()
                        .secure())
                .isFalse();
        assertThat(Endpoint.route(ImageReference.parse("nginx"), fixture.settings())
                        .getLast()
                        .base())
                .hasToString("https://registry-1.docker.io/v2/library/nginx/");
    }

    @Test
    void a_registry_on_a_link_local_address_is_refused_unless_allowed() {
        assertThatThrownBy(() -> fixture.store().pull(ImageReference.parse("2852039166:80/a:b")))
                .hasMessageContaining("link-local");
    }

    @Test
    void mirrors_are_asked_first_and_what_they_lack_or_break_comes_from_the_registry() throws Exception {
        try (StubRegistry mirror = new StubRegistry().hold(scratch.resolve("layout"))) {
            mirror.rule((request, proper) -> {
                if (request.path().endsWith(fixture.layers.get(0).toString())) {
                    return Reply.text(404, "{}");
                }
                if (request.path().endsWith(fixture.layers.get(1).toString())) {
                    return proper.apply(request)
                            .body(new byte[proper.apply(request).body().length]);
                }
                return null;
            });
            RegistryHost rules = new RegistryHost(
                    Optional.empty(), Optional.empty(), List.of(mirror.server().uri("/hub")), false);
            var store = fixture.store(fixture.settings().withHosts(Map.of(fixture.registry.host(), rules)));
            assertThat(store.pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
            assertThat(mirror.server().requests())
                    .extracting(StubServer.Request::path)
                    .contains("/v2/hub/shop/checkout/manifests/v1");
            assertThat(fixture.registry.asked(fixture.manifestPath())).isZero();
            assertThat(fixture.registry.asked(fixture.layerPath(0))).isEqualTo(1);
            assertThat(fixture.registry.asked(fixture.layerPath(1))).isEqualTo(1);
            assertThat(fixture.registry.asked(fixture.layerPath(2))).isZero();
        }
    }

    @Test
    void a_mirror_that_is_down_costs_no_more_than_a_moment() throws Exception {
        RegistryHost rules =
                new RegistryHost(Optional.empty(), Optional.empty(), List.of(URI.create("http://127.0.0.1:1/")), false);
        var store = fixture.store(fixture.settings().withHosts(Map.of(fixture.registry.host(), rules)));
        assertThat(store.pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
    }

    @Test
    void what_is_here_is_run_without_asking_and_asked_for_when_wanted() throws Exception {
        var store = fixture.store();
        String name = fixture.reference().toString();
        assertThatThrownBy(() -> store.obtain(name, Freshness.NEVER)).hasMessageContaining("there is no image");
        store.obtain(name, Freshness.MISSING);
        fixture.registry.server().forgetRequests();
        store.obtain(name, Freshness.MISSING);
        store.obtain(name, Freshness.NEVER);
        assertThat(fixture.registry.server().requests()).isEmpty();
        store.obtain(name, Freshness.ALWAYS);
        assertThat(fixture.registry.server().requests()).hasSize(1);
    }
}
