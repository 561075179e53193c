package io.slipway.store;

import static io.slipway.store.Samples.NOON;
import static io.slipway.store.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.analysis.Prices;
import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class StoredRollupsTest {
    private static final Prices PRICES = new Prices(0.04, 0.005, 0.08, "EUR");
    private static final Duration FIVE = Duration.ofMinutes(5);

    private final TestDatabase database = TestDatabase.fresh();
    private final StoredWindows windows = new StoredWindows(new JdbcTemplate(database.source()));
    private final SplittableRandom random = new SplittableRandom(3);

    private MetricWindow window(Arm arm, String host, Instant start, double cpuSeconds) {
        int requests = 5 + random.nextInt(5);
        long[] latency = new long[LatencyHistogram.BUCKETS];
        for (int i = 0; i < requests; i++) {
            latency[400 + random.nextInt(6)]++;
        }
        return new MetricWindow(
                new RevisionId(SHOP, arm == Arm.CANDIDATE ? 2 : 1),
                arm,
                new HostName(host),
                start,
                10,
                requests,
                random.nextInt(2),
                LatencyHistogram.ofDense(latency),
                cpuSeconds,
                6.4e7,
                1 + random.nextInt(2),
                false,
                random.nextInt(4) == 0 ? Optional.empty() : Optional.of(random.nextLong(1L << 40)),
                random.nextInt(4) == 0 ? Optional.of(new Crashes(2, 1)) : Optional.empty());
    }

    private List<MetricWindow> span(Instant from, Duration length) {
        List<MetricWindow> all = new ArrayList<>();
        for (Instant at = from; at.isBefore(from.plus(length)); at = at.plusSeconds(10)) {
            for (String host : List.of("h1", "h2")) {
                all.add(window(Arm.CANDIDATE, host, at, 0.25));
                all.add(window(Arm.CONTROL, host, at, 0.5));
            }
        }
        return all;
    }

    private long rows(String table) {
        return database.jdbc()
                .sql("select count(*) from " + table)
                .query(Long.class)
                .single();
    }

    private List<?> series(Duration step, boolean fromSums) {
        Instant to = NOON.plus(Duration.ofMinutes(21));
        return Series.of(fromSums ? windows.of(SHOP, NOON, to, step) : windows.of(SHOP, NOON, to), step, PRICES);
    }

    @Test
    void a_window_is_read_as_it_was_written() {
        List<MetricWindow> all = span(NOON, Duration.ofMinutes(2));
        windows.add(all);
        assertThat(windows.of(SHOP, NOON, NOON.plus(FIVE))).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void a_series_of_sums_is_the_series_of_the_windows() {
        windows.add(span(NOON, Duration.ofMinutes(21)));
        windows.rollUp(NOON.plus(Duration.ofMinutes(19)));
        assertThat(rows("metric_minute")).isEqualTo(2 * 17);
        assertThat(rows("metric_five_minutes")).isEqualTo(2 * 3);
        assertThat(windows.of(SHOP, NOON, NOON.plus(Duration.ofMinutes(21)), FIVE))
                .hasSize(2 * 3 + 2 * 2 * 6 * 6);
        for (Duration step : List.of(Duration.ofMinutes(1), Duration.ofMinutes(3), FIVE, Duration.ofMinutes(15))) {
            assertThat(series(step, true)).as("step " + step).isEqualTo(series(step, false));
        }
    }

    @Test
    void replicas_of_hosts_that_cut_their_windows_milliseconds_apart_are_added_up() {
        for (int i = 0; i < 6; i++) {
            Instant at = NOON.plusSeconds(10L * i);
            windows.add(List.of(
                    window(Arm.CANDIDATE, "h1", at.plusMillis(2), 0.25),
                    window(Arm.CANDIDATE, "h2", at.plusMillis(31), 0.25)));
        }
        database.jdbc().sql("update metric_window set replicas = 2").update();
        windows.rollUp(NOON.plus(FIVE));
        assertThat(sum("replicas", "metric_minute")).isEqualTo(4);
        assertThat(Series.of(windows.of(SHOP, NOON, NOON.plus(FIVE)), FIVE, PRICES))
                .singleElement()
                .satisfies(p -> assertThat(p.replicas()).isEqualTo(4));
    }

    @Test
    void it_goes_on_where_it_ended_however_long_ago_and_sums_nothing_twice() {
        windows.add(span(NOON, Duration.ofMinutes(2)));
        windows.rollUp(NOON.plus(Duration.ofMinutes(4)));
        windows.rollUp(NOON.plus(Duration.ofMinutes(4)));
        Instant later = NOON.plus(Duration.ofHours(13));
        windows.add(span(later, Duration.ofMinutes(10)));
        windows.rollUp(later.plus(Duration.ofMinutes(15)));
        assertThat(rows("metric_minute")).isEqualTo(2 * (2 + 10));
        assertThat(rows("metric_five_minutes")).isEqualTo(2 * (1 + 2));
        for (String column : List.of("requests", "crashes", "oom_kills")) {
            assertThat(sum(column, "metric_five_minutes"))
                    .isEqualTo(sum(column, "metric_window"))
                    .isPositive();
        }
    }

    private long sum(String column, String table) {
        return database.jdbc()
                .sql("select sum(" + column + ") from " + table)
                .query(Long.class)
                .single();
    }

    @Test
    void windows_that_cannot_be_true_are_not_summed_up() {
        windows.add(List.of(
                window(Arm.CANDIDATE, "h1", NOON, 1),
                window(Arm.CANDIDATE, "h2", NOON, Double.NaN),
                window(Arm.CANDIDATE, "h3", NOON, Double.POSITIVE_INFINITY)));
        windows.rollUp(NOON.plus(Duration.ofMinutes(10)));
        assertThat(database.jdbc()
                        .sql("select cpu_seconds from metric_minute")
                        .query(Double.class)
                        .list())
                .containsExactly(1.0);
    }

    @Test
    void days_are_dropped_whole_and_sums_later_than_what_they_are_made_of() {
        windows.add(span(NOON, Duration.ofMinutes(1)));
        windows.rollUp(NOON.plus(Duration.ofHours(1)));
        windows.dropBefore(NOON.plus(Duration.ofDays(30)), Duration.ofDays(30));
        assertThat(rows("metric_window")).isPositive();
        windows.dropBefore(NOON.plus(Duration.ofDays(31)), Duration.ofDays(30));
        assertThat(rows("metric_window")).isZero();
        assertThat(rows("metric_minute")).isPositive();
        windows.dropBefore(NOON.plus(Duration.ofDays(91)), Duration.ofDays(30));
        assertThat(rows("metric_minute")).isZero();
        assertThat(rows("metric_five_minutes")).isPositive();
        windows.dropBefore(NOON.plus(Duration.ofDays(401)), Duration.ofDays(30));
        assertThat(rows("metric_five_minutes")).isZero();
    }
}
