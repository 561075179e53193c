package io.slipway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.routing.RouteTable.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SplitterTest {
    private static final ServiceName WEB = new ServiceName("web");

    @Test
    void each_arm_gets_exactly_its_weight_of_the_points() {
        Random random = seeded();
        for (int round = 0; round < 200; round++) {
            int candidate = random.nextInt(10_001);
            int control = random.nextInt(10_001 - candidate);
            List<Split> splits = splits(candidate, control);
            int[] points = new int[3];
            for (int point = 0; point < Splitter.POINTS; point++) {
                points[armAt(splits, point).ordinal()]++;
            }
            assertThat(points[Arm.CANDIDATE.ordinal()]).isEqualTo(candidate);
            assertThat(points[Arm.CONTROL.ordinal()]).isEqualTo(control);
            assertThat(points[Arm.STABLE.ordinal()]).isEqualTo(10_000 - candidate - control);
        }
    }

    @Test
    void a_growing_candidate_takes_clients_from_stable_only_and_gives_none_back() {
        List<Split> before = splits(500, 500);
        List<Split> after = splits(2_500, 500);
        for (int point = 0; point < Splitter.POINTS; point++) {
            Arm was = armAt(before, point);
            Arm is = armAt(after, point);
            if (was != is) {
                assertThat(was).isEqualTo(Arm.STABLE);
                assertThat(is).isEqualTo(Arm.CANDIDATE);
            }
        }
    }

    @Test
    void a_route_without_splits_has_no_arm() {
        assertThat(Splitter.at(List.of(), 5)).isEmpty();
    }

    @Test
    void neighbouring_connections_are_spread_evenly() {
        int[] tenths = new int[10];
        for (int port = 32_768; port < 60_999; port++) {
            tenths[Splitter.pointOf("127.0.0.1", port) / 1_000]++;
        }
        // 28231 draws of 1 in 10: standard deviation 50; six of them
        assertThat(java.util.Arrays.stream(tenths).boxed()).allMatch(n -> Math.abs(n - 2_823) < 300);
    }

    private static Arm armAt(List<Split> splits, int point) {
        return Splitter.at(splits, point).orElseThrow().arm();
    }

    private static List<Split> splits(int candidate, int control) {
        List<Split> splits = new ArrayList<>();
        splits.add(new Split(Arm.STABLE, new RevisionId(WEB, 1), new Weight(10_000 - candidate - control), List.of()));
        splits.add(new Split(Arm.CONTROL, new RevisionId(WEB, 1), new Weight(control), List.of()));
        splits.add(new Split(Arm.CANDIDATE, new RevisionId(WEB, 2), new Weight(candidate), List.of()));
        return splits;
    }

    private static Random seeded() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return new Random(seed);
    }
}
