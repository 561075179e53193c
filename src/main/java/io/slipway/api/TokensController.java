package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.access.Grant;
import io.slipway.access.Scope;
import io.slipway.access.Session;
import io.slipway.access.TokenSecret;
import io.slipway.control.Tokens;
import io.slipway.control.Tokens.Token;
import io.slipway.release.Units;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Bearer tokens: made, listed and revoked by an admin. */
@RestController
@RequestMapping("/api/v1/tokens")
final class TokensController {
    private static final int NAME_LENGTH_MAX = 200;
    private final Tokens tokens;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    TokensController(Tokens tokens, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    /** Newest first, without the dashboard's sessions. */
    @GetMapping
    Page<Token> list() {
        Caller.current().allowedEverywhere(Scope.ADMIN);
        return Page.all(tokens.list().stream().filter(t -> !Session.is(t)).toList());
    }

    /**
     * Body: {@code name} of the person or pipeline, {@code scopes} ({@code read, release, operate, metrics, admin}; {@code release:checkout} for one
     * service alone), and {@code expiresIn} ({@code 90d}; left out: never). The token's text is in this answer and in no other.
     */
    @PostMapping(consumes = "application/json")
    @ResponseStatus(HttpStatus.CREATED)
    CreatedJson create(@RequestBody(required = false) byte[] body) {
        Caller.current().allowedEverywhere(Scope.ADMIN);
        JsonBody given = JsonBody.of(body == null ? new byte[0] : body, List.of("name", "scopes", "expiresIn"));
        String name = given.requiredText("name", "Say who will hold it: alice@example.com, or checkout-ci.");
        if (name.length() > NAME_LENGTH_MAX || name.chars().anyMatch(Character::isISOControl)) {
            given.violation(
                    "name",
                    "is longer than " + NAME_LENGTH_MAX + " characters or holds control characters",
                    "Shorten it.");
        }
        List<Grant> grants = grants(given);
        Optional<Instant> expires = expires(given);
        given.finish();
        TokenSecret secret = TokenSecret.generate(random);
        boolean admin = grants.stream()
                .anyMatch(g -> g.scope() == Scope.ADMIN && g.service().isEmpty());
        List<String> scopes = grants.stream().map(Grant::toString).toList();
        String id = UUID.randomUUID().toString();
        tokens.create(
                new Token(id, name, admin, scopes, clock.instant(), expires, Optional.empty(), Optional.empty()),
                secret.sha256());
        return new CreatedJson(id, name, scopes, expires, secret.reveal());
    }

    /** Useless from now on, and with it the sessions that were signed in with it. */
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String id) {
        Caller.current().allowedEverywhere(Scope.ADMIN);
        if (!tokens.revoke(id)) {
            throw BadRequest.missing("usable token", id);
        }
    }

    private static List<Grant> grants(JsonBody given) {
        List<String> scopes = given.texts("scopes");
        List<Grant> grants =
                scopes.stream().map(Grant::parse).flatMap(Optional::stream).toList();
        if (grants.isEmpty() || grants.size() != scopes.size()) {
            given.violation(
                    "scopes",
                    "is not a list of scopes",
                    "Write some of read, release, operate, metrics, admin; release:checkout is for service checkout alone.");
        }
        return grants;
    }

    private Optional<Instant> expires(JsonBody given) {
        Optional<String> text = given.text("expiresIn");
        Optional<Instant> at = text.flatMap(Units::duration).map(clock.instant()::plus);
        if (text.isPresent() && at.isEmpty()) {
            given.violation("expiresIn", "is not a duration", "Write a whole number and a unit: 12h, 90d.");
        }
        return at;
    }

    /** A new token with its text. */
    public record CreatedJson(String id, String name, List<String> scopes, Optional<Instant> expiresAt, String token) {}
}
