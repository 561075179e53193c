package io.slipway.api;

import io.slipway.access.TokenSecret;
import io.slipway.control.Tokens;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Tokens in memory. */
public final class FakeTokens implements Tokens {
    public final Map<String, Token> bySha256 = new LinkedHashMap<>();

    /** Makes a token and returns its text. */
    public String issue(String name, String... scopes) {
        TokenSecret secret = TokenSecret.generate(new SecureRandom());
        boolean admin = List.of(scopes).contains("admin");
        create(
                new Token(
                        UUID.randomUUID().toString(),
                        name,
                        admin,
                        List.of(scopes),
                        Instant.now(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                secret.sha256());
        return secret.reveal();
    }

    public void expire(String text) {
        bySha256.computeIfPresent(
                TokenSecret.parse(text).orElseThrow().sha256(),
                (sha, t) -> new Token(
                        t.id(),
                        t.name(),
                        t.admin(),
                        t.scopes(),
                        t.createdAt(),
                        Optional.of(Instant.now().minusSeconds(1)),
                        t.lastUsedAt(),
                        t.revokedAt()));
    }

    public void revokeText(String text) {
        revoke(find(TokenSecret.parse(text).orElseThrow().sha256())
                .orElseThrow()
                .id());
    }

    @Override
    public synchronized void create(Token token, String sha256) {
        bySha256.put(sha256, token);
    }

    @Override
    public synchronized Optional<Token> find(String sha256) {
        return Optional.ofNullable(bySha256.get(sha256));
    }

    @Override
    public synchronized List<Token> list() {
        return List.copyOf(bySha256.values()).reversed();
    }

    @Override
    public synchronized boolean revoke(String id) {
        return change(
                id,
                t -> new Token(
                        t.id(),
                        t.name(),
                        t.admin(),
                        t.scopes(),
                        t.createdAt(),
                        t.expiresAt(),
                        t.lastUsedAt(),
                        Optional.of(Instant.now())));
    }

    @Override
    public synchronized void touch(String id) {
        change(
                id,
                t -> new Token(
                        t.id(),
                        t.name(),
                        t.admin(),
                        t.scopes(),
                        t.createdAt(),
                        t.expiresAt(),
                        Optional.of(Instant.now()),
                        t.revokedAt()));
    }

    private boolean change(String id, UnaryOperator<Token> change) {
        for (Map.Entry<String, Token> entry : bySha256.entrySet()) {
            if (entry.getValue().id().equals(id) && entry.getValue().revokedAt().isEmpty()) {
                entry.setValue(change.apply(entry.getValue()));
                return true;
            }
        }
        return false;
    }
}
