package io.slipway.control;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The bearer tokens that have been made. Their text is never kept, only its SHA-256. */
public interface Tokens {
    /** Stores a new token. {@code sha256} is the lower-case hex digest of the whole token text. */
    void create(Token token, String sha256);

    /** The token of this digest, also one that is revoked or expired: see {@link Token#usable}. */
    Optional<Token> find(String sha256);

    /** Newest first, revoked ones included. */
    List<Token> list();

    /** Makes a token useless from now on. False when there is none of this id that was not already revoked. */
    boolean revoke(String id);

    /** Records that it was used now. */
    void touch(String id);

    /**
     * A token.
     *
     * @param name of the person or pipeline that it stands for
     * @param scopes what it may do; an admin may do everything
     */
    record Token(
            String id,
            String name,
            boolean admin,
            List<String> scopes,
            Instant createdAt,
            Optional<Instant> expiresAt,
            Optional<Instant> lastUsedAt,
            Optional<Instant> revokedAt) {
        public boolean usable(Instant now) {
            return revokedAt.isEmpty() && expiresAt.filter(e -> !e.isAfter(now)).isEmpty();
        }

        public Actor actor() {
            return new Actor(name, admin);
        }
    }
}
