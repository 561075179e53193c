package io.slipway.access;

import io.slipway.control.Tokens;
import io.slipway.control.Tokens.Token;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.springframework.security.core.AuthenticationException;

/**
 * The dashboard's sessions: a token of its own per sign-in, stored as all are (SHA-256 only), so that any controller knows it, a restart
 * ends none, and signing out kills it. Its scopes carry the digest of the token it was signed in with, whose end is its end.
 */
public final class Session {
    public static final Duration LIFE = Duration.ofHours(12);
    static final String MARK = "session-of:";

    private final Tokens tokens;
    private final TokenCheck check;
    private final Clock clock;
    private final RandomGenerator random;

    /** @param random a cryptographic source */
    public Session(Tokens tokens, TokenCheck check, Clock clock, RandomGenerator random) {
        this.tokens = tokens;
        this.check = check;
        this.clock = clock;
        this.random = random;
    }

    /** Begins a session for the holder of a bearer token. */
    public TokenSecret signIn(String bearer) throws AuthenticationException {
        check.bearer(bearer);
        String parent = TokenSecret.parse(bearer).orElseThrow().sha256();
        Token of = tokens.find(parent).orElseThrow();
        TokenSecret secret = TokenSecret.generate(random);
        Instant now = clock.instant();
        List<String> scopes =
                Stream.concat(of.scopes().stream(), Stream.of(MARK + parent)).toList();
        tokens.create(
                new Token(
                        UUID.randomUUID().toString(),
                        of.name(),
                        of.admin(),
                        scopes,
                        now,
                        Optional.of(now.plus(LIFE)),
                        Optional.of(now),
                        Optional.empty()),
                secret.sha256());
        return secret;
    }

    /** Ends the session that a cookie holds; a cookie that holds none is left at that. */
    public void signOut(String cookie) {
        TokenSecret.parse(cookie)
                .flatMap(secret -> tokens.find(secret.sha256()))
                .filter(token -> parent(token).isPresent())
                .ifPresent(token -> tokens.revoke(token.id()));
    }

    /** Whether a stored token is a session's. */
    public static boolean is(Token token) {
        return parent(token).isPresent();
    }

    static Optional<String> parent(Token token) {
        return token.scopes().stream()
                .filter(s -> s.startsWith(MARK))
                .map(s -> s.substring(MARK.length()))
                .findFirst();
    }
}
