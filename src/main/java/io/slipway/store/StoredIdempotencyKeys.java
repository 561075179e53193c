package io.slipway.store;

import io.slipway.control.IdempotencyKeys;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/** Idempotency keys in Postgres. The primary key decides who was first, whichever controller they asked. */
public final class StoredIdempotencyKeys implements IdempotencyKeys {
    /** How long an answer is kept. */
    public static final Duration KEPT = Duration.ofHours(24);

    /** After this the first request is taken for lost with its controller, and the key may be claimed again. */
    private static final Duration ABANDONED_AFTER = Duration.ofMinutes(2);

    private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};
    private final JdbcClient jdbc;

    public StoredIdempotencyKeys(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Claim begin(String actor, String key, String requestSha256) {
        jdbc.sql("delete from idempotency_key where created_at < slipway_now() - make_interval(secs => :kept)"
                        + " or actor = :actor and key = :key and status is null"
                        + " and created_at < slipway_now() - make_interval(secs => :abandoned)")
                .param("kept", KEPT.toSeconds())
                .param("abandoned", ABANDONED_AFTER.toSeconds())
                .param("actor", actor)
                .param("key", key)
                .update();
        int inserted = jdbc.sql("insert into idempotency_key (actor, key, request_sha256, created_at)"
                        + " values (:actor, :key, :sha256, slipway_now()) on conflict do nothing")
                .param("actor", actor)
                .param("key", key)
                .param("sha256", requestSha256)
                .update();
        return inserted == 1 ? new Claim.Fresh() : earlier(actor, key, requestSha256);
    }

    private Claim earlier(String actor, String key, String requestSha256) {
        Optional<Claim> found = jdbc.sql("select * from idempotency_key where actor = :actor and key = :key")
                .param("actor", actor)
                .param("key", key)
                .query((row, number) -> claim(row, requestSha256))
                .optional();
        // Gone between the two statements: the first request was abandoned just now, so this one may try.
        return found.orElseGet(() -> begin(actor, key, requestSha256));
    }

    private static Claim claim(ResultSet row, String requestSha256) throws SQLException {
        if (!row.getString("request_sha256").equals(requestSha256)) {
            return new Claim.Conflicting();
        }
        int status = row.getInt("status");
        if (row.wasNull()) {
            return new Claim.InFlight(Columns.instant(row, "created_at"));
        }
        return new Claim.Replay(new Answer(status, Json.read(row.getString("headers"), HEADERS), row.getBytes("body")));
    }

    @Override
    public void finish(String actor, String key, Answer answer) {
        jdbc.sql("update idempotency_key set status = :status, headers = cast(:headers as jsonb), body = :body"
                        + " where actor = :actor and key = :key")
                .param("status", answer.status())
                .param("headers", Json.write(Map.<String, Object>copyOf(answer.headers())))
                .param("body", answer.body())
                .param("actor", actor)
                .param("key", key)
                .update();
    }

    @Override
    public void abandon(String actor, String key) {
        jdbc.sql("delete from idempotency_key where actor = :actor and key = :key and status is null")
                .param("actor", actor)
                .param("key", key)
                .update();
    }
}
