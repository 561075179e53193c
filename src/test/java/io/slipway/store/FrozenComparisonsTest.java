package io.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Prices;
import io.slipway.analysis.Verdict;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.RolloutId;
import io.slipway.control.Actor;
import io.slipway.control.FakeHosts;
import io.slipway.control.FakeHosts.Behaviour;
import io.slipway.control.Refused;
import io.slipway.control.Views.Recording;
import io.slipway.control.Yard;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a revert was judged by, years later. */
class FrozenComparisonsTest {
    private static final Actor ALICE = new Actor(Samples.OWNER, false);
    private static final Prices DEARER = new Prices(1, 1, "USD");
    private final FakeHosts hosts = new FakeHosts(7, "h1", "h2");
    private final Yard yard = new Yard(hosts);
    private final StoredWindows windows = new StoredWindows(new JdbcTemplate(yard.database.source()));
    private RolloutId reverted = new RolloutId("none");

    @BeforeEach
    void a_release_is_taken_back() throws Refused {
        RolloutId first = yard.controller.desk.submit(Samples.spec(3), ALICE).rollout();
        yard.until(first, "settled", 300);
        hosts.behave(
                new RevisionId(Samples.SHOP, 2), Behaviour.GOOD.withErrors(0.08).slower(1.5));
        reverted = yard.controller.desk.submit(Samples.spec(3), ALICE).rollout();
        yard.until(reverted, "reverted", 300);
        yard.database.jdbc().sql("delete from frozen_window").update();
        yard.database.jdbc().sql("delete from frozen_comparison").update();
    }

    private Recording recording() {
        return yard.controller.views.recording(reverted).orElseThrow();
    }

    private List<MetricWindow> recorded() {
        return yard.controller.views.windows(
                recording(), recording().since(), recording().until());
    }

    private Verdict judged(List<MetricWindow> all) {
        JudgeSpec spec = new JudgeSpec(
                recording().stopConditions(),
                recording().prices(),
                JudgeSpec.DEFAULT_ALPHA,
                recording().minRequests(),
                true);
        Comparison comparison = new Comparison(spec, recording().since());
        all.forEach(comparison::add);
        return comparison.look(recording().until());
    }

    private long frozen() {
        return yard.database
                .jdbc()
                .sql("select count(*) from frozen_window")
                .query(Long.class)
                .single();
    }

    private void freeze(int most) {
        Instant now = yard.database.now();
        new FrozenComparisons(yard.database.jdbc(), most).freeze(recording().prices(), now, Duration.ofDays(30));
    }

    @Test
    void it_is_judged_again_the_same_after_all_windows_of_that_day_were_dropped() {
        List<MetricWindow> before = recorded();
        Verdict then = judged(before);
        assertThat(then.reverts()).isTrue();
        freeze(FrozenComparisons.WINDOWS_MAX);
        windows.dropBefore(yard.database.now().plus(Duration.ofDays(400)), Duration.ofDays(30));
        assertThat(windows.of(Samples.SHOP, recording().since(), recording().until()))
                .isEmpty();
        assertThat(recorded()).isEqualTo(before).isNotEmpty();
        assertThat(judged(recorded())).isEqualTo(then);
    }

    @Test
    void it_keeps_the_prices_of_its_day_and_what_came_later_is_not_in_it() {
        List<MetricWindow> before = recorded();
        freeze(FrozenComparisons.WINDOWS_MAX);
        MetricWindow late = before.getFirst();
        windows.add(List.of(late.at(late.arm(), late.host(), late.start().plusMillis(1))));
        StoredViews dearer = new StoredViews(yard.database.jdbc(), yard.controller.fleet, windows, DEARER);
        assertThat(dearer.recording(reverted).orElseThrow().prices())
                .isEqualTo(recording().prices())
                .isNotEqualTo(DEARER);
        assertThat(recorded()).isEqualTo(before);
    }

    @Test
    void it_is_frozen_by_itself_and_once() {
        for (int i = 0; i < 61; i++) {
            yard.second();
        }
        long rows = frozen();
        assertThat(rows).isEqualTo(recorded().size()).isPositive();
        freeze(FrozenComparisons.WINDOWS_MAX);
        assertThat(frozen()).isEqualTo(rows);
    }

    @Test
    void what_is_too_much_is_not_kept_and_read_as_long_as_it_is_there() {
        List<MetricWindow> before = recorded();
        freeze(before.size() - 1);
        assertThat(frozen()).isZero();
        assertThat(recorded()).isEqualTo(before);
        freeze(before.size());
        assertThat(frozen()).as("it is not tried again").isZero();
    }
}
