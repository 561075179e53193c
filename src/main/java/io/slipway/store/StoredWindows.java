package io.slipway.store;

import io.slipway.analysis.Prices;
import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.control.ArrivedWindow;
import io.slipway.control.WindowStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Metric windows in Postgres, one partition a day, and their sums over minutes. */
public final class StoredWindows implements WindowStore {
    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final StoredRollups rollups;
    private final FrozenComparisons frozen;
    private final Set<LocalDate> days = ConcurrentHashMap.newKeySet();

    public StoredWindows(JdbcTemplate template) {
        this.jdbc = JdbcClient.create(template);
        this.batches = template;
        this.rollups = new StoredRollups(jdbc);
        this.frozen = new FrozenComparisons(jdbc, FrozenComparisons.WINDOWS_MAX);
    }

    @Override
    public int add(List<MetricWindow> windows) {
        windows.stream()
                .map(w -> LocalDate.ofInstant(w.start(), ZoneOffset.UTC))
                .distinct()
                .forEach(this::haveDay);
        int added = 0;
        int[][] counts = batches.batchUpdate(
                "insert into metric_window values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, default, ?, ?) on conflict do nothing",
                windows,
                500,
                (statement, w) -> {
                    statement.setString(1, w.revision().service().value());
                    statement.setInt(2, w.revision().number());
                    statement.setString(3, w.arm().name());
                    statement.setString(4, w.host().value());
                    statement.setObject(5, Columns.time(w.start()));
                    statement.setDouble(6, w.seconds());
                    statement.setLong(7, w.requests());
                    statement.setLong(8, w.errors());
                    statement.setObject(9, w.latency().bucket());
                    statement.setObject(10, w.latency().count());
                    statement.setDouble(11, w.cpuSeconds());
                    statement.setDouble(12, w.memoryByteSeconds());
                    statement.setInt(13, w.replicas());
                    statement.setBoolean(14, w.warmingUp());
                    statement.setObject(15, w.egressBytes().orElse(null), Types.BIGINT);
                    Crashes crashes = w.crashes().orElse(Crashes.NONE);
                    statement.setInt(16, crashes.ends());
                    statement.setInt(17, crashes.outOfMemory());
                });
        for (int[] batch : counts) {
            for (int count : batch) {
                added += count;
            }
        }
        return added;
    }

    private void haveDay(LocalDate day) {
        if (!days.contains(day)) {
            jdbc.sql("select slipway_window_day(:day)")
                    .param("day", day)
                    .query((row, n) -> n)
                    .list();
            days.add(day);
        }
    }

    @Override
    public List<MetricWindow> of(RevisionId revision, Instant from, Instant to) {
        return arrived(revision, from, to).stream().map(ArrivedWindow::window).toList();
    }

    @Override
    public List<ArrivedWindow> arrived(RevisionId revision, Instant from, Instant to) {
        return jdbc.sql("select * from metric_window where service = :service and revision = :revision"
                        + " and start >= :from and start < :to order by start, arm, host")
                .param("service", revision.service().value())
                .param("revision", revision.number())
                .param("from", Columns.time(from))
                .param("to", Columns.time(to))
                .query(StoredWindows::arrived)
                .list();
    }

    @Override
    public List<MetricWindow> of(ServiceName service, Instant from, Instant to) {
        return jdbc.sql("select * from metric_window where service = :service"
                        + " and start >= :from and start < :to order by start, revision, arm, host")
                .param("service", service.value())
                .param("from", Columns.time(from))
                .param("to", Columns.time(to))
                .query(StoredWindows::window)
                .list();
    }

    /** What is summed up already from the sums, the rest from the windows. */
    @Override
    public List<MetricWindow> of(ServiceName service, Instant from, Instant to, Duration step) {
        List<MetricWindow> windows = new ArrayList<>();
        Instant next = from;
        Optional<StoredRollups.Level> level = StoredRollups.Level.within(step);
        Optional<Instant> summed = level.flatMap(rollups::upTo).map(at -> at.isBefore(to) ? at : to);
        if (level.isPresent() && summed.filter(from::isBefore).isPresent()) {
            windows.addAll(rollups.of(level.get(), service, from, summed.get()));
            next = summed.get();
        }
        windows.addAll(of(service, next, to));
        return windows;
    }

    @Override
    public void rollUp(Instant now) {
        rollups.run(now);
    }

    @Override
    public void freeze(Prices prices, Instant now, Duration kept) {
        frozen.freeze(prices, now, kept);
    }

    @Override
    public void dropBefore(Instant now, Duration kept) {
        drop("metric_window", now.minus(kept));
        // A window of a dropped day may still come, from a host whose clock is wrong.
        days.clear();
        for (StoredRollups.Level level : StoredRollups.Level.values()) {
            drop(level.table(), now.minus(level.kept().compareTo(kept) > 0 ? level.kept() : kept));
        }
    }

    private void drop(String table, Instant limit) {
        String last = table + "_"
                + LocalDate.ofInstant(limit, ZoneOffset.UTC).toString().replace("-", "");
        jdbc
                .sql("select inhrelid::regclass::text from pg_inherits where inhparent = cast(:table as regclass)")
                .param("table", table)
                .query(String.class)
                .list()
                .stream()
                .filter(partition -> partition.compareTo(last) < 0)
                .forEach(partition -> jdbc.sql("drop table " + partition).update());
    }

    private static ArrivedWindow arrived(ResultSet row, int number) throws SQLException {
        MetricWindow window = window(row, number);
        Instant end = window.start().plusNanos((long) (window.seconds() * 1e9));
        return new ArrivedWindow(
                window, Columns.optionalInstant(row, "arrived_at").orElse(end));
    }

    static MetricWindow window(ResultSet row, int number) throws SQLException {
        return new MetricWindow(
                new RevisionId(new ServiceName(row.getString("service")), row.getInt("revision")),
                Arm.valueOf(row.getString("arm")),
                new HostName(row.getString("host")),
                Columns.instant(row, "start"),
                row.getDouble("seconds"),
                row.getLong("requests"),
                row.getLong("errors"),
                new LatencyHistogram(Columns.ints(row, "latency_bucket"), Columns.longs(row, "latency_count")),
                row.getDouble("cpu_seconds"),
                row.getDouble("memory_byte_seconds"),
                row.getInt("replicas"),
                row.getBoolean("warming_up"),
                Optional.ofNullable(row.getObject("egress_bytes", Long.class)),
                Optional.of(new Crashes(row.getInt("crashes"), row.getInt("oom_kills")))
                        .filter(c -> !c.equals(Crashes.NONE)));
    }
}
