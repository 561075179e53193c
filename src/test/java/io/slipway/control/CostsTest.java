package io.slipway.control;

import static io.slipway.store.Samples.NOON;
import static io.slipway.store.Samples.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.slipway.base.Arm;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.RevisionId;
import io.slipway.control.Views.SeriesPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostsTest {
    private static SeriesPoint point(Arm arm, int revision, int minutes, long requests, double cost) {
        return new SeriesPoint(
                NOON.plus(Duration.ofMinutes(minutes)),
                600,
                arm,
                new RevisionId(SHOP, revision),
                requests,
                0,
                LatencyHistogram.EMPTY,
                cost,
                requests == 0 ? Double.NaN : cost / requests,
                0,
                0,
                0,
                1);
    }

    @Test
    void arms_of_one_revision_are_added_and_their_time_counts_once() {
        List<SeriesPoint> points = new ArrayList<>();
        for (int m = 0; m < 240; m += 10) {
            points.add(point(Arm.STABLE, 1, m, 3000, 0.03));
            points.add(point(Arm.CONTROL, 1, m, 1000, 0.01));
        }
        points.add(point(Arm.STABLE, 1, 0, 0, Double.NaN));
        points.add(point(Arm.CANDIDATE, 2, 230, 0, 0.04));
        Costs costs = Costs.of(points, "EUR");
        assertThat(costs.revisions()).extracting(r -> r.revision().number()).containsExactly(2, 1);
        Costs.OfRevision old = costs.revisions().getLast();
        assertThat(old.requests()).isEqualTo(96_000);
        assertThat(old.perThousand().orElseThrow()).isCloseTo(0.01, within(1e-12));
        // 0.96 in four hours, of 730.5 hours.
        assertThat(old.perMonth().orElseThrow()).isCloseTo(0.24 * 730.5, within(1e-9));
        assertThat(costs.perMonth().orElseThrow()).isCloseTo(0.25 * 730.5, within(1e-9));
    }

    @Test
    void without_requests_there_is_no_cost_of_one_and_after_ten_minutes_none_of_a_month() {
        Costs.OfRevision young = Costs.of(List.of(point(Arm.CANDIDATE, 2, 0, 0, 0.02)), "EUR")
                .revisions()
                .getFirst();
        assertThat(young.cost()).isEqualTo(0.02);
        assertThat(young.perThousand()).isEmpty();
        assertThat(young.perMonth()).isEmpty();
        assertThat(Costs.of(List.of(), "EUR").perMonth()).isEmpty();
    }
}
