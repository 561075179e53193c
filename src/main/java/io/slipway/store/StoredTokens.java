package io.slipway.store;

import io.slipway.control.Tokens;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tokens in Postgres. */
public final class StoredTokens implements Tokens {
    private final JdbcClient jdbc;

    public StoredTokens(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public void create(Token token, String sha256) {
        jdbc.sql("insert into token (id, name, sha256, admin, scopes, created_at, expires_at)"
                        + " values (:id, :name, :sha256, :admin, :scopes, :createdAt, :expiresAt)")
                .param("id", token.id())
                .param("name", token.name())
                .param("sha256", sha256)
                .param("admin", token.admin())
                .param("scopes", token.scopes().toArray(String[]::new))
                .param("createdAt", Columns.time(token.createdAt()))
                .param("expiresAt", Columns.time(token.expiresAt()))
                .update();
    }

    @Override
    public Optional<Token> find(String sha256) {
        return jdbc.sql("select * from token where sha256 = :sha256")
                .param("sha256", sha256)
                .query(StoredTokens::token)
                .optional();
    }

    @Override
    public List<Token> list() {
        return jdbc.sql("select * from token order by created_at desc, id")
                .query(StoredTokens::token)
                .list();
    }

    @Override
    public boolean revoke(String id) {
        return jdbc.sql("update token set revoked_at = slipway_now() where id = :id and revoked_at is null")
                        .param("id", id)
                        .update()
                == 1;
    }

    /** At most one write a minute and token: reading must not become writing. */
    @Override
    public void touch(String id) {
        jdbc.sql("update token set last_used_at = slipway_now() where id = :id"
                        + " and (last_used_at is null or last_used_at < slipway_now() - interval '1 minute')")
                .param("id", id)
                .update();
    }

    private static Token token(ResultSet row, int number) throws SQLException {
        return new Token(
                row.getString("id"),
                row.getString("name"),
                row.getBoolean("admin"),
                Columns.texts(row, "scopes"),
                Columns.instant(row, "created_at"),
                Columns.optionalInstant(row, "expires_at"),
                Columns.optionalInstant(row, "last_used_at"),
                Columns.optionalInstant(row, "revoked_at"));
    }
}
