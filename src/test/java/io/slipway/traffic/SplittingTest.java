package io.slipway.traffic;

import static io.slipway.traffic.TestEdge.backend;
import static io.slipway.traffic.TestEdge.split;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Arm;
import io.slipway.traffic.RawClient.Reply;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SplittingTest {
    private TestEdge edge;
    private StubBackend stable;
    private StubBackend control;
    private StubBackend candidate;

    @BeforeEach
    void start() throws IOException {
        edge = new TestEdge();
        stable = StubBackend.saying("stable");
        control = StubBackend.saying("control");
        candidate = StubBackend.saying("candidate");
    }

    @AfterEach
    void stop() throws IOException {
        edge.close();
        stable.close();
        control.close();
        candidate.close();
    }

    @Test
    void clients_are_split_by_weight_within_the_bounds_of_chance() throws IOException {
        weights(80, 10, 10);
        int n = 3_000;
        Map<String, Integer> seen = new HashMap<>();
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (RawClient client = new RawClient(edge.port())) {
            for (int i = 0; i < n; i++) {
                seen.merge(
                        client.get("/", "Cookie: a=b; slipway=" + random.nextInt(10_000))
                                .text(),
                        1,
                        Integer::sum);
            }
        }
        // five standard deviations of a binomial with p = 0.1 (one false alarm in 1.7 million)
        double bound = 5 * Math.sqrt(n * 0.1 * 0.9);
        assertThat(Math.abs(seen.getOrDefault("candidate", 0) - n * 0.1)).isLessThan(bound);
        assertThat(Math.abs(seen.getOrDefault("control", 0) - n * 0.1)).isLessThan(bound);
        assertThat(edge.counts(Arm.CANDIDATE).requests())
                .isEqualTo(seen.getOrDefault("candidate", 0).longValue());
        assertThat(edge.counts(Arm.CONTROL).requests())
                .isEqualTo(seen.getOrDefault("control", 0).longValue());
        assertThat(edge.counts(Arm.STABLE).requests())
                .isEqualTo(seen.getOrDefault("stable", 0).longValue());
        assertThat(edge.counts(Arm.STABLE).latency().total())
                .isEqualTo(seen.getOrDefault("stable", 0).longValue());
    }

    @Test
    void a_client_stays_on_its_arm_while_the_candidate_grows_and_gets_its_cookie_once() throws IOException {
        Map<String, String> armOf = new HashMap<>();
        weights(90, 5, 5);
        for (int i = 0; i < 300; i++) {
            Reply first = RawClient.once(edge.port(), "GET / HTTP/1.1\r\nHost: web.test\r\n\r\n");
            armOf.put(first.header("Set-Cookie").split(";")[0], first.text());
        }
        for (int percent : new int[] {5, 30, 60}) {
            weights(95 - percent, 5, percent);
            try (RawClient client = new RawClient(edge.port())) {
                for (var entry : armOf.entrySet()) {
                    Reply again = client.get("/", "Cookie: " + entry.getKey());
                    assertThat(again.header("Set-Cookie")).isEmpty();
                    if (!again.text().equals(entry.getValue())) {
                        assertThat(entry.getValue() + " to " + again.text()).isEqualTo("stable to candidate");
                        entry.setValue(again.text());
                    }
                }
            }
        }
        assertThat(armOf.values()).contains("candidate", "stable");
    }

    @Test
    void a_cookie_that_is_no_point_is_replaced() throws IOException {
        weights(90, 5, 5);
        try (RawClient client = new RawClient(edge.port())) {
            for (String bad : new String[] {"10000", "-1", "", "x", "99999999999", "1 2"}) {
                assertThat(client.get("/", "Cookie: slipway=" + bad).header("Set-Cookie"))
                        .as(bad)
                        .startsWith("slipway=");
            }
        }
    }

    @Test
    void load_within_an_arm_is_spread_over_its_replicas() throws IOException {
        edge.route(split(Arm.STABLE, 1, 100, backend("a1", stable), backend("a2", control), backend("a3", candidate)));
        Map<String, Integer> seen = new HashMap<>();
        try (RawClient client = new RawClient(edge.port())) {
            for (int i = 0; i < 300; i++) {
                seen.merge(client.get("/").text(), 1, Integer::sum);
            }
        }
        assertThat(seen.values()).hasSize(3).allMatch(n -> n > 80);
    }

    private void weights(int stablePercent, int controlPercent, int candidatePercent) throws IOException {
        edge.route(
                split(Arm.STABLE, 1, stablePercent, backend("s", stable)),
                split(Arm.CONTROL, 1, controlPercent, backend("k", control)),
                split(Arm.CANDIDATE, 2, candidatePercent, backend("c", candidate)));
    }
}
