package io.slipway.store;

import io.slipway.base.MetricWindow;
import io.slipway.base.ServiceName;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Windows summed up over hosts and time, each level from the one below. A level goes on where it ended, so nothing is lost by a pause. */
final class StoredRollups {
    /** Windows that come later than this are not in the sums. */
    private static final Duration LATE = Duration.ofMinutes(2);
    /** At once, so that a transaction after a long pause stays short. */
    private static final Duration PART = Duration.ofHours(1);

    /**
     * A table of sums. {@code kept}: in place of the windows' own time, where it is longer.
     */
    enum Level {
        MINUTE("metric_minute", "metric_window", Duration.ofMinutes(1), Duration.ofDays(90)),
        FIVE_MINUTES("metric_five_minutes", "metric_minute", Duration.ofMinutes(5), Duration.ofDays(400));

        private final String table;
        private final String source;
        private final Duration length;
        private final Duration kept;

        Level(String table, String source, Duration length, Duration kept) {
            this.table = table;
            this.source = source;
            this.length = length;
            this.kept = kept;
        }

        /** Sums of fractions depend on the order. */
        private String order() {
            return this == MINUTE ? "w.start, w.host" : "w.start";
        }

        String table() {
            return table;
        }

        Duration kept() {
            return kept;
        }

        /** The coarsest that steps of this length are made of. */
        static Optional<Level> within(Duration step) {
            for (Level level : List.of(FIVE_MINUTES, MINUTE)) {
                if (!step.isZero() && step.toMillis() % level.length.toMillis() == 0) {
                    return Optional.of(level);
                }
            }
            return Optional.empty();
        }

        private Instant floor(Instant at) {
            long millis = length.toMillis();
            return Instant.ofEpochMilli(Math.floorDiv(at.toEpochMilli(), millis) * millis);
        }
    }

    private final JdbcClient jdbc;

    StoredRollups(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Sums up what is complete by now. */
    void run(Instant now) {
        Instant complete = now.minus(LATE);
        for (Level level : Level.values()) {
            Instant to = level.floor(complete);
            Optional<Instant> from = upTo(level).or(() -> first(level));
            while (from.isPresent() && from.get().isBefore(to)) {
                Instant part = from.get().plus(PART).isBefore(to) ? from.get().plus(PART) : to;
                sum(level, from.get(), part);
                from = Optional.of(part);
            }
            complete = upTo(level).orElse(complete);
        }
    }

    /** Up to when a level holds everything. */
    Optional<Instant> upTo(Level level) {
        return jdbc.sql("select up_to from rollup where name = :name")
                .param("name", level.table)
                .query((row, n) -> Columns.instant(row, "up_to"))
                .optional();
    }

    private Optional<Instant> first(Level level) {
        return jdbc.sql("select min(start) as first from " + level.source)
                .query((row, n) -> Columns.optionalInstant(row, "first"))
                .single()
                .map(level::floor);
    }

    private void sum(Level level, Instant from, Instant to) {
        for (LocalDate day = day(from); !day.isAfter(day(to)); day = day.plusDays(1)) {
            jdbc.sql("select slipway_rollup_day(:table, :day)")
                    .param("table", level.table)
                    .param("day", day)
                    .query((row, n) -> n)
                    .list();
        }
        // In one statement with the mark, so that neither is there without the other. Windows that cannot be true are
        // not summed up.
        jdbc.sql(
                        "with w as (select *, date_bin(make_interval(secs => :secs), start, timestamptz 'epoch') as t from "
                                + level.source
                                + " where start >= :from and start < :to and requests >= 0 and errors between 0 and requests"
                                + " and cpu_seconds >= 0 and cpu_seconds < 'Infinity' and memory_byte_seconds >= 0"
                                + " and memory_byte_seconds < 'Infinity'),"
                                + " r as (select service, revision, arm, t, max(n) as n from (select service, revision, arm, t,"
                                // Hosts' clocks, and when they wake, differ by milliseconds.
                                + " date_trunc('second', start), sum(replicas)::integer as n from w group by 1, 2, 3, 4, 5) a group by 1, 2, 3, 4),"
                                + " h as (select service, revision, arm, t, array_agg(b order by b) as b, array_agg(n order by b) as n from"
                                + " (select service, revision, arm, t, b, sum(n)::bigint as n from w, unnest(latency_bucket, latency_count)"
                                + " as u (b, n) group by 1, 2, 3, 4, 5) a group by 1, 2, 3, 4),"
                                + " s as (insert into " + level.table
                                + " select w.service, w.revision, w.arm, w.t, sum(w.requests)::bigint,"
                                + " sum(w.errors)::bigint, coalesce(h.b, '{}'), coalesce(h.n, '{}'),"
                                + " sum(w.cpu_seconds order by " + level.order() + "),"
                                + " sum(w.memory_byte_seconds order by " + level.order()
                                + "), r.n, bool_or(w.warming_up), sum(w.egress_bytes)::bigint,"
                                + " sum(w.crashes)::integer, sum(w.oom_kills)::integer from w"
                                + " join r using (service, revision, arm, t) left join h using (service, revision, arm, t)"
                                + " group by w.service, w.revision, w.arm, w.t, h.b, h.n, r.n on conflict do nothing)"
                                + " insert into rollup values (:table, :to) on conflict (name) do update set up_to = excluded.up_to")
                .param("secs", (double) level.length.toSeconds())
                .param("from", Columns.time(from))
                .param("to", Columns.time(to))
                .param("table", level.table)
                .update();
    }

    private static LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC);
    }

    /** Sums of a service in time order, as windows of one host. */
    List<MetricWindow> of(Level level, ServiceName service, Instant from, Instant to) {
        return jdbc.sql("select *, 'all' as host, cast(:secs as double precision) as seconds from " + level.table
                        + " where service = :service and start >= :from and start < :to order by start, revision, arm")
                .param("secs", (double) level.length.toSeconds())
                .param("service", service.value())
                .param("from", Columns.time(level.floor(from)))
                .param("to", Columns.time(to))
                .query(StoredWindows::window)
                .list();
    }
}
