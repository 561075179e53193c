package io.slipway.access;

import io.slipway.control.Tokens;
import io.slipway.control.Tokens.Token;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.AuthenticationException;

/** Tells who a token belongs to, or why it is not taken. Asked on every request, so a revoked one is useless at once. */
public final class TokenCheck {
    /** "Last used" is kept to this, so that reading does not write on every request. */
    private static final Duration USE_RECORDED_EVERY = Duration.ofMinutes(1);

    private final Tokens tokens;
    private final Clock clock;

    public TokenCheck(Tokens tokens, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    /** A token shown as {@code Authorization: Bearer}. A session's is not taken here: it is good in its cookie alone. */
    public Caller bearer(String text) throws AuthenticationException {
        Token token = usable(text);
        if (Session.parent(token).isPresent()) {
            throw new BadCredentialsException("A dashboard session's token is not taken as a bearer token.");
        }
        return Caller.of(token);
    }

    /** A token shown in a session's cookie; good while the token that it was signed in with is. */
    Caller session(String text) throws AuthenticationException {
        Token token = usable(text);
        String parent = Session.parent(token)
                .orElseThrow(() -> new BadCredentialsException("The cookie does not hold a session."));
        Instant now = clock.instant();
        if (tokens.find(parent).filter(p -> p.usable(now)).isEmpty()) {
            throw new BadCredentialsException("The token that this session was signed in with is no longer good.");
        }
        return Caller.of(token);
    }

    private Token usable(String text) {
        TokenSecret secret = TokenSecret.parse(text)
                .orElseThrow(() -> new BadCredentialsException(
                        "The token is not one of Slipway's (slp_ and 38 characters), or was mistyped: its"
                                + " checksum does not hold."));
        Token token = tokens.find(secret.sha256())
                .orElseThrow(() -> new BadCredentialsException("The token is not known here."));
        Instant now = clock.instant();
        if (!token.usable(now)) {
            throw new BadCredentialsException(
                    token.revokedAt().isPresent()
                            ? "The token was revoked. Ask an admin for another."
                            : "The token has expired. Ask an admin for another.");
        }
        if (token.lastUsedAt()
                .filter(t -> t.isAfter(now.minus(USE_RECORDED_EVERY)))
                .isEmpty()) {
            tokens.touch(token.id());
        }
        return token;
    }
}
