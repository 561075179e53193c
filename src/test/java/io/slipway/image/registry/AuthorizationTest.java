package io.slipway.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.image.ImageStore;
import io.slipway.image.registry.StubServer.Reply;
import io.slipway.image.registry.StubServer.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Basic, and the token flow against a token server of ours. */
class AuthorizationTest {
    private static final String SECRET = "s3cret-Pässword";

    @TempDir
    private Path scratch;

    private PullFixture fixture;
    private StubServer tokens;
    private final AtomicInteger issued = new AtomicInteger();
    private volatile int tokenStatus = 200;

    @BeforeEach
    void serve() throws Exception {
        fixture = new PullFixture(scratch);
        tokens = new StubServer(this::token);
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
        tokens.close();
    }

    private Reply token(Request request) {
        String asked = request.query() + "&" + request.body();
        boolean scoped = asked.contains("scope=repository%3Ashop%2Fcheckout%3Apull") && asked.contains("service=stub");
        boolean known = request.header("authorization").equals(basic("amy", SECRET))
                || request.body().contains("refresh_token=refresh-me");
        if (tokenStatus != 200 || !scoped || !known) {
            return Reply.text(tokenStatus == 200 ? 401 : tokenStatus, "{\"details\":\"" + SECRET + "\"}");
        }
        return Reply.text(200, "{\"token\":\"t" + issued.incrementAndGet() + "\",\"expires_in\":300}");
    }

    private void demandTokens() {
        fixture.registry.rule(
                (request, proper) -> request.header("authorization").equals("Bearer t" + issued.get())
                        ? null
                        : Reply.text(401, "{}")
                                .with(
                                        "WWW-Authenticate",
                                        "Bearer realm=\"" + tokens.uri("/token")
                                                + "\",service=\"stub\",scope=\"repository:shop/checkout:pull\""));
    }

    private void demandBasic() {
        fixture.registry.rule(
                (request, proper) -> request.header("authorization").equals(basic("amy", SECRET))
                        ? null
                        : Reply.text(401, "{}").with("WWW-Authenticate", "Basic realm=\"stub\""));
    }

    private void know(String json) throws IOException {
        Files.writeString(scratch.resolve("auth.json"), json);
    }

    private void login(String password) throws IOException {
        know("{\"auths\":{\"" + fixture.registry.host() + "\":{\"auth\":\""
                + basic("amy", password).substring("Basic ".length()) + "\"}}}");
    }

    @Test
    void a_password_is_sent_when_it_is_asked_for_and_from_then_on() throws Exception {
        demandBasic();
        login(SECRET);
        assertThat(fixture.store().pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(fixture.registry.server().requests())
                .filteredOn(request -> request.header("authorization").isEmpty())
                .hasSize(1);
    }

    @Test
    void a_token_is_got_once_for_all_content_and_the_password_goes_to_its_server_only() throws Exception {
        demandTokens();
        login(SECRET);
        assertThat(fixture.store().pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(issued.get()).isEqualTo(1);
        assertThat(fixture.registry.server().requests())
                .noneMatch(request -> request.header("authorization").startsWith("Basic"));
    }

    @RepeatedTest(5)
    void a_token_that_is_no_longer_accepted_is_replaced_in_the_middle_of_a_pull() throws Exception {
        demandTokens();
        login(SECRET);
        AtomicInteger asked = new AtomicInteger();
        fixture.registry.rule((request, proper) -> {
            if (request.path().equals(fixture.layerPath(1)) && asked.getAndIncrement() == 0) {
                issued.incrementAndGet();
            }
            return null;
        });
        assertThat(fixture.store().pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(issued.get()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void a_refresh_token_is_exchanged_by_a_form() throws Exception {
        demandTokens();
        know("{\"auths\":{\"" + fixture.registry.host() + "\":{\"identitytoken\":\"refresh-me\"}}}");
        assertThat(fixture.store().pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        assertThat(tokens.requests()).allMatch(request -> request.method().equals("POST"));
    }

    @Test
    void a_helper_program_is_asked_and_its_secret_used() throws Exception {
        demandBasic();
        Path helper = helper("printf '{\"ServerURL\":\"x\",\"Username\":\"amy\",\"Secret\":\"" + SECRET + "\"}'");
        CredentialHelper asked = new CredentialHelper("test", List.of(helper.toString()));
        assertThat(asked.get("registry.example.com")).contains(new Credential.Login("amy", SECRET));
        assertThat(Files.readString(scratch.resolve("asked"))).isEqualTo("registry.example.com\n");
    }

    @Test
    void a_helper_that_knows_none_is_none_and_one_that_fails_is_told_of_without_what_it_said() throws Exception {
        CredentialHelper none = new CredentialHelper(
                "test",
                List.of(helper("echo 'credentials not found in native keychain'; exit 1")
                        .toString()));
        assertThat(none.get("r")).isEmpty();
        CredentialHelper failing = new CredentialHelper(
                "test", List.of(helper("echo " + SECRET + "; exit 3").toString()));
        assertThatThrownBy(() -> failing.get("r"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("ended with 3")
                .hasMessageNotContaining(SECRET);
        CredentialHelper odd =
                new CredentialHelper("test", List.of(helper("echo " + SECRET).toString()));
        assertThatThrownBy(() -> odd.get("r")).hasMessageNotContaining(SECRET).hasNoCause();
        assertThatThrownBy(() -> new CredentialHelper("../../bin/sh")).hasMessageContaining("no name of a program");
    }

    private Path helper(String does) throws IOException {
        Path helper = scratch.resolve("helper");
        Files.writeString(helper, "#!/bin/sh\ncat > " + scratch.resolve("asked") + "\n" + does + "\n");
        assertThat(helper.toFile().setExecutable(true)).isTrue();
        return helper;
    }

    @Test
    void no_or_wrong_credentials_are_told_of_and_never_shown() throws Exception {
        demandBasic();
        ImageStore store = fixture.store();
        assertThatThrownBy(() -> store.pull(fixture.reference()))
                .hasMessageContaining("asks for a user and password")
                .hasMessageContaining("docker login " + fixture.registry.host());
        login("other" + SECRET);
        assertThatThrownBy(() -> store.pull(fixture.reference()))
                .hasMessageContaining("401")
                .hasMessageNotContaining(SECRET);
        assertThat(store.list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void a_token_server_that_refuses_is_told_of_without_what_it_said(int status) throws Exception {
        demandTokens();
        login(SECRET);
        tokenStatus = status;
        assertThatThrownBy(() -> fixture.store().pull(fixture.reference()))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("answered " + status)
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void a_token_server_in_trouble_is_asked_again() throws Exception {
        demandTokens();
        login(SECRET);
        AtomicInteger times = new AtomicInteger();
        StubServer flaky =
                new StubServer(request -> times.getAndIncrement() < 2 ? Reply.text(500, "") : token(request));
        try (flaky) {
            fixture.registry.rule(
                    (request, proper) -> request.header("authorization").equals("Bearer t" + issued.get())
                            ? null
                            : Reply.text(401, "{}")
                                    .with(
                                            "WWW-Authenticate",
                                            "Bearer realm=\"" + flaky.uri("/token")
                                                    + "\",service=\"stub\",scope=\"repository:shop/checkout:pull\""));
            assertThat(fixture.store().pull(fixture.reference()).layers()).hasSize(PullFixture.LAYERS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/token",
                "https://[fe80::1]/token",
                "http://user:pw@127.0.0.1/token",
                "ftp://127.0.0.1/",
                "",
                "http://2852039166/",
                "http://[::ffff:169.254.169.254]/"
            })
    void a_token_is_never_got_from_where_no_token_server_is(String realm) throws Exception {
        login(SECRET);
        fixture.registry.rule((request, proper) ->
                Reply.text(401, "{}").with("WWW-Authenticate", "Bearer realm=\"" + realm + "\",service=\"stub\""));
        assertThatThrownBy(() -> fixture.store().pull(fixture.reference()))
                .isInstanceOf(RegistryException.class)
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void a_file_of_credentials_is_read_in_all_its_forms() throws Exception {
        know("""
                {"auths": {
                  "https://index.docker.io/v1/": {"auth": "%s"},
                  "https://old.example.com/v2/": {"username": "bob", "password": "pw"},
                  "quay.io/team": {"registrytoken": "tok"},
                  "empty.example.com": {}
                }}""".formatted(basic("amy", SECRET).substring(6)));
        DockerConfig config = new DockerConfig(scratch.resolve("auth.json"));
        assertThat(config.find("docker.io", "library/nginx")).contains(new Credential.Login("amy", SECRET));
        assertThat(config.find("old.example.com", "a")).contains(new Credential.Login("bob", "pw"));
        assertThat(config.find("quay.io", "team/a")).contains(new Credential.Access("tok"));
        assertThat(config.find("quay.io", "teamwork/a")).isEmpty();
        assertThat(config.find("empty.example.com", "a")).isEmpty();
        assertThat(config.find("example.com", "a")).isEmpty();
        assertThat(config.find("docker.io", "a").toString()).doesNotContain(SECRET);

        know("{\"auths\": {\"a\": {\"auth\": \"" + SECRET + "\"");
        assertThatThrownBy(() -> config.find("a", "b"))
                .hasMessageContaining("not valid JSON at line 1")
                .hasMessageNotContaining(SECRET)
                .hasNoCause();
    }

    @Test
    void challenges_are_told_apart_however_they_are_written() {
        assertThat(Challenge.parse(
                        List.of("Basic realm=\"a, \\\"b\\\"\", Bearer realm=\"x\" , service=y,scope=\"a:b:c,d\"")))
                .containsExactly(
                        new Challenge("basic", java.util.Map.of("realm", "a, \"b\"")),
                        new Challenge("bearer", java.util.Map.of("realm", "x", "service", "y", "scope", "a:b:c,d")));
        assertThat(Challenge.parse(List.of("", ",,,", "=", "\"", "Negotiate abc==")))
                .hasSize(1);
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
