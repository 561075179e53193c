package io.slipway.store;

import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.control.OwnSeriesStore;
import io.slipway.release.Metric;
import io.slipway.release.OwnSeries;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Series of the teams' own in Postgres. */
public final class StoredSeries implements OwnSeriesStore {
    private static final int ERROR_MAX = 500;
    /** Of larger numbers the database has no mean: it sums their squares, too. */
    private static final double FINITE = 1e150;

    private static final String OF =
            " from own_sample s join own_series o on o.id = s.series where o.service = :service and o.source = :source"
                    + " and md5(o.text) = md5(:text) and s.revision = :revision";
    private final JdbcClient jdbc;

    public StoredSeries(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public int answered(RevisionId revision, OwnSeries series, List<Value> values, Instant at) {
        long id = id(revision.service(), series);
        Optional<Instant> newest = values.stream().map(Value::at).max(Comparator.naturalOrder());
        jdbc.sql("update own_series set answered_at = :at, error = null,"
                        + " newest = greatest(newest, cast(:newest as timestamptz)) where id = :id")
                .param("at", Columns.time(at))
                .param("newest", newest.map(Columns::time).orElse(null))
                .param("id", id)
                .update();
        int added = 0;
        for (Value value : values) {
            added += jdbc.sql("insert into own_sample (series, revision, at, seconds, value)"
                            + " values (:series, :revision, :at, :seconds, :value) on conflict do nothing")
                    .param("series", id)
                    .param("revision", revision.number())
                    .param("at", Columns.time(value.at()))
                    .param("seconds", value.seconds())
                    .param("value", value.value())
                    .update();
        }
        return added;
    }

    private long id(ServiceName service, OwnSeries series) {
        jdbc.sql("insert into own_series (service, source, text) values (:service, :source, :text)"
                        + " on conflict do nothing")
                .param("service", service.value())
                .param("source", series.source().name())
                .param("text", series.text())
                .update();
        return jdbc.sql("select id from own_series where service = :service and source = :source"
                        + " and md5(text) = md5(:text)")
                .param("service", service.value())
                .param("source", series.source().name())
                .param("text", series.text())
                .query(Long.class)
                .single();
    }

    @Override
    public void failed(ServiceName service, OwnSeries series, String error, Instant at) {
        jdbc.sql("update own_series set failed_at = :at, error = :error where id = :id")
                .param("at", Columns.time(at))
                .param("error", error.length() > ERROR_MAX ? error.substring(0, ERROR_MAX) : error)
                .param("id", id(service, series))
                .update();
    }

    @Override
    public List<Stored> values(RevisionId revision, OwnSeries series, Instant from, Instant to) {
        return of("select s.*" + OF + " and s.at >= :from and s.at < :to order by s.at", revision, series)
                .param("from", Columns.time(from))
                .param("to", Columns.time(to))
                .query((row, n) -> new Stored(
                        new Value(Columns.instant(row, "at"), row.getDouble("seconds"), row.getDouble("value")),
                        Columns.instant(row, "arrived_at")))
                .list();
    }

    @Override
    public List<Value> means(RevisionId revision, OwnSeries series, Instant from, Instant to, Duration step) {
        long stepMs = Math.max(1, step.toMillis());
        return of(
                        "select floor(extract(epoch from s.at) * 1000 / :step) as step, avg(s.value) as value,"
                                + " max(s.seconds) as seconds" + OF
                                + " and s.at >= :from and s.at < :to and abs(s.value) < :finite group by 1 order by 1",
                        revision,
                        series)
                .param("step", stepMs)
                .param("from", Columns.time(from))
                .param("to", Columns.time(to))
                .param("finite", FINITE)
                .query((row, n) -> new Value(
                        Instant.ofEpochMilli(row.getLong("step") * stepMs),
                        row.getDouble("seconds"),
                        row.getDouble("value")))
                .list();
    }

    @Override
    public Optional<Instant> newest(RevisionId revision, OwnSeries series) {
        return of("select max(s.at) as at" + OF, revision, series)
                .query((row, n) -> Columns.optionalInstant(row, "at"))
                .single();
    }

    private JdbcClient.StatementSpec of(String sql, RevisionId revision, OwnSeries series) {
        return jdbc.sql(sql)
                .param("service", revision.service().value())
                .param("revision", revision.number())
                .param("source", series.source().name())
                .param("text", series.text());
    }

    @Override
    public List<State> states(ServiceName service) {
        return jdbc.sql("select * from own_series where service = :service order by id")
                .param("service", service.value())
                .query(StoredSeries::state)
                .list();
    }

    private static State state(ResultSet row, int number) throws SQLException {
        return new State(
                new ServiceName(row.getString("service")),
                new OwnSeries(Metric.valueOf(row.getString("source")), row.getString("text")),
                Columns.optionalInstant(row, "newest"),
                Columns.optionalInstant(row, "answered_at"),
                Columns.optionalInstant(row, "failed_at"),
                Columns.optionalText(row, "error"));
    }

    @Override
    public void dropBefore(Instant limit) {
        jdbc.sql("delete from own_sample where at < :limit")
                .param("limit", Columns.time(limit))
                .update();
    }
}
