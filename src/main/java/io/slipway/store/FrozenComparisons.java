package io.slipway.store;

import io.slipway.analysis.Judge;
import io.slipway.analysis.Prices;
import io.slipway.base.MetricWindow;
import io.slipway.base.RolloutId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Windows that reverted rollouts were judged by, out of reach of what drops old ones. */
final class FrozenComparisons {
    /** A day of twelve hosts at 10 s; some 60 MB. */
    static final int WINDOWS_MAX = 200_000;

    private static final int AT_ONCE = 20;
    private static final Logger LOG = Logger.getLogger(FrozenComparisons.class.getName());
    private final JdbcClient jdbc;
    private final int most;

    FrozenComparisons(JdbcClient jdbc, int most) {
        this.jdbc = jdbc;
        this.most = most;
    }

    /** Freezes what is not yet of rollouts that are reverted and whose windows are all still there. */
    void freeze(Prices prices, Instant now, Duration kept) {
        jdbc.sql(
                        "select id from rollout r where label = 'reverted' and compared_since > :oldest and looked_at is not null"
                                + " and not exists (select from frozen_comparison f where f.rollout = r.id) order by updated_at limit :most")
                .param("oldest", Columns.time(now.minus(kept)))
                .param("most", AT_ONCE)
                .query(String.class)
                .list()
                .forEach(id -> freeze(id, prices));
    }

    /** In one statement: whoever is killed in between leaves nothing of it. */
    private void freeze(String rollout, Prices prices) {
        boolean whole = jdbc.sql("with w as (select m.* from rollout r join metric_window m on m.service = r.service"
                        + " and m.start >= r.compared_since and m.start < r.looked_at"
                        + " and (m.arm = 'CANDIDATE' and m.revision = r.revision or m.arm = 'CONTROL' and m.revision = r.stable)"
                        + " where r.id = :rollout limit :most + 1),"
                        + " n as (select count(*)::integer as n from w),"
                        + " put as (insert into frozen_window select :rollout, w.* from w, n where n <= :most on conflict do nothing)"
                        + " insert into frozen_comparison (rollout, windows, whole, prices, judge)"
                        + " select :rollout, n, n <= :most, cast(:prices as jsonb),"
                        + " coalesce((select verdict ->> 'version' from rollout where id = :rollout), :judge) from n"
                        + " on conflict (rollout) do update set windows = frozen_comparison.windows returning whole")
                .param("rollout", rollout)
                .param("most", most)
                .param("prices", Json.write(prices))
                .param("judge", Judge.VERSION)
                .query(Boolean.class)
                .single();
        if (!whole) {
            LOG.log(
                    Level.WARNING,
                    "rollout {0} was judged by more than {1} windows, which are not kept for good; slipway replay {0} --save FILE keeps them",
                    new Object[] {rollout, String.valueOf(most)});
        }
    }

    /** Whether its windows are here. */
    boolean isWhole(RolloutId rollout) {
        return jdbc.sql("select exists (select from frozen_comparison where rollout = :rollout and whole)")
                .param("rollout", rollout.value())
                .query(Boolean.class)
                .single();
    }

    /** Empty where nothing is frozen. */
    Optional<Prices> prices(RolloutId rollout) {
        return jdbc.sql("select prices from frozen_comparison where rollout = :rollout")
                .param("rollout", rollout.value())
                .query((row, n) -> Json.read(row.getString("prices"), Prices.class))
                .optional();
    }

    /** With {@code from <= start < to}, in order of time. */
    List<MetricWindow> windows(RolloutId rollout, Instant from, Instant to) {
        return jdbc.sql("select * from frozen_window where rollout = :rollout and start >= :from and start < :to"
                        + " order by start, revision, arm, host")
                .param("rollout", rollout.value())
                .param("from", Columns.time(from))
                .param("to", Columns.time(to))
                .query(StoredWindows::window)
                .list();
    }
}
