package io.slipway.store;

import static io.slipway.store.Samples.NOON;
import static io.slipway.store.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.RevisionId;
import io.slipway.control.OwnSeriesStore.State;
import io.slipway.control.OwnSeriesStore.Value;
import io.slipway.release.Metric;
import io.slipway.release.OwnSeries;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoredSeriesTest {
    private static final OwnSeries AGE = new OwnSeries(Metric.PUSHED, "queue_age_seconds");
    private static final OwnSeries QUERY = new OwnSeries(Metric.PROMETHEUS, "sum(up)");
    private static final RevisionId OLD = new RevisionId(SHOP, 1);
    private static final RevisionId NEW = new RevisionId(SHOP, 2);

    private final TestDatabase database = TestDatabase.fresh();
    private final StoredSeries series = new StoredSeries(database.jdbc());

    @BeforeEach
    void service() {
        database.jdbc()
                .sql("insert into service (name, owner) values (:name, 'alice@example.com')")
                .param("name", SHOP.value())
                .update();
    }

    private static Value value(long seconds, double value) {
        return new Value(NOON.plusSeconds(seconds), 10, value);
    }

    private List<Value> means(RevisionId revision, Duration step) {
        return series.means(revision, AGE, NOON, NOON.plusSeconds(60), step);
    }

    @Test
    void means_of_steps_are_of_their_numbers_alone_and_of_one_revision() {
        series.answered(
                NEW,
                AGE,
                List.of(
                        value(0, 1),
                        value(10, 3),
                        value(20, Double.NaN),
                        value(25, 5),
                        value(40, Double.POSITIVE_INFINITY),
                        value(45, -Double.MAX_VALUE),
                        new Value(NOON.plusSeconds(50), 40, -7),
                        value(60, 1000)),
                NOON);
        series.answered(OLD, AGE, List.of(value(0, 99)), NOON);
        assertThat(means(NEW, Duration.ofSeconds(20)))
                .containsExactly(value(0, 2), value(20, 5), new Value(NOON.plusSeconds(40), 40, -7));
        assertThat(means(OLD, Duration.ofSeconds(20))).containsExactly(value(0, 99));
        assertThat(means(NEW, Duration.ofMinutes(1))).containsExactly(new Value(NOON, 40, (1 + 3 + 5 - 7) / 4.0));
    }

    @Test
    void means_of_the_largest_numbers_are_not_out_of_range() {
        series.answered(
                NEW, AGE, List.of(value(0, Double.MAX_VALUE), value(1, 1e200), value(2, 1), value(3, -1e149)), NOON);
        assertThat(means(NEW, Duration.ofSeconds(20))).hasSize(1);
    }

    @Test
    void a_source_tells_its_newest_value_and_of_its_last_question_also_when_the_values_are_gone() {
        series.answered(NEW, AGE, List.of(value(10, 1), value(0, 1)), NOON.plusSeconds(11));
        series.answered(OLD, AGE, List.of(value(5, 1)), NOON.plusSeconds(12));
        series.answered(OLD, AGE, List.of(), NOON.plusSeconds(13));
        series.failed(SHOP, QUERY, "refused", NOON.plusSeconds(14));
        series.dropBefore(NOON.plusSeconds(1000));
        State pushed = series.states(SHOP).getFirst();
        assertThat(pushed.newest()).hasValue(NOON.plusSeconds(10));
        assertThat(pushed.answeredAt()).hasValue(NOON.plusSeconds(13));
        assertThat(pushed.error()).isEmpty();
        State asked = series.states(SHOP).getLast();
        assertThat(asked.newest()).isEmpty();
        assertThat(asked.failedAt()).hasValue(NOON.plusSeconds(14));
        assertThat(asked.error()).hasValue("refused");
    }
}
