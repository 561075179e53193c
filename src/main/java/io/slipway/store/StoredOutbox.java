package io.slipway.store;

import io.slipway.base.Epoch;
import io.slipway.base.RolloutId;
import io.slipway.control.Outbox;
import io.slipway.rollout.Effect;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The outbox of effects in Postgres. */
public final class StoredOutbox implements Outbox {
    private final JdbcClient jdbc;

    public StoredOutbox(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public void add(RolloutId rollout, long version, Effect effect, Epoch epoch, boolean done) {
        jdbc.sql("insert into effect (rollout, version, kind, payload, epoch, next_at, done_at) values"
                        + " (:rollout, :version, :kind, cast(:payload as jsonb), :epoch, slipway_now(), case when"
                        + " :done then slipway_now() end)")
                .param("rollout", rollout.value())
                .param("version", version)
                .param("kind", SealedNames.name(effect.getClass()))
                .param("payload", Json.write(effect))
                .param("epoch", epoch.value())
                .param("done", done)
                .update();
    }

    @Override
    public List<Pending> due(int limit) {
        return jdbc.sql("select * from effect where done_at is null and next_at <= slipway_now() order by id limit"
                        + " :limit")
                .param("limit", limit)
                .query((row, number) -> new Pending(
                        row.getLong("id"),
                        new RolloutId(row.getString("rollout")),
                        row.getLong("version"),
                        Json.read(row.getString("payload"), Effect.class),
                        row.getInt("attempts")))
                .list();
    }

    @Override
    public boolean done(Pending effect) {
        return jdbc.sql("update effect set done_at = slipway_now(), attempts = attempts + 1 where id = :id and"
                                + " done_at is null")
                        .param("id", effect.id())
                        .update()
                == 1;
    }

    @Override
    public void retry(Pending effect, Duration wait, String error) {
        jdbc.sql("update effect set attempts = attempts + 1, last_error = :error,"
                        + " next_at = slipway_now() + make_interval(secs => :secs) where id = :id and done_at is null")
                .param("error", error)
                .param("secs", wait.toMillis() / 1000.0)
                .param("id", effect.id())
                .update();
    }

    @Override
    public long depth() {
        return jdbc.sql("select count(*) from effect where done_at is null")
                .query(Long.class)
                .single();
    }
}
