package io.slipway.store;

import io.slipway.base.RolloutId;
import io.slipway.control.RunbookShelf;
import io.slipway.control.RunbookStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Runbook entries in Postgres. */
public final class StoredRunbooks implements RunbookShelf, RunbookStore {
    private final JdbcClient jdbc;

    public StoredRunbooks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Entry> latest() {
        return jdbc.sql("select distinct on (slug) * from runbook_entry order by slug, version desc")
                .query(StoredRunbooks::entry)
                .list();
    }

    @Override
    public Optional<Entry> entry(String slug, int version) {
        return jdbc.sql("select * from runbook_entry where slug = :slug and version = :version")
                .param("slug", slug)
                .param("version", version)
                .query(StoredRunbooks::entry)
                .optional();
    }

    @Override
    public Optional<Entry> ofRollout(RolloutId rollout) {
        return jdbc.sql("select * from runbook_entry where rollout = :rollout order by version desc limit 1")
                .param("rollout", rollout.value())
                .query(StoredRunbooks::entry)
                .optional();
    }

    /** The newest version of the slug is locked by the primary key: of two writers one fails and tries again later. */
    @Override
    public boolean put(
            String slug, Optional<RolloutId> rollout, String title, String markdown, String json, Instant at) {
        return jdbc.sql("insert into runbook_entry (slug, version, rollout, title, markdown, json, at) select"
                                + " :slug, coalesce(max(version), 0) + 1, :rollout, :title, :markdown, :json, :at"
                                + " from runbook_entry where slug = :slug having coalesce((array_agg(markdown"
                                + " order by version desc))[1], '') <> :markdown")
                        .param("slug", slug)
                        .param("rollout", rollout.map(RolloutId::value).orElse(null))
                        .param("title", title)
                        .param("markdown", markdown)
                        .param("json", json)
                        .param("at", Columns.time(at))
                        .update()
                == 1;
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        return new Entry(
                row.getString("slug"),
                row.getInt("version"),
                row.getString("title"),
                row.getString("markdown"),
                row.getString("json"),
                Columns.instant(row, "at"));
    }
}
