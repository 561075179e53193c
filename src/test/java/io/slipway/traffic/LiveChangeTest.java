package io.slipway.traffic;

import static io.slipway.traffic.TestEdge.backend;
import static io.slipway.traffic.TestEdge.eventually;
import static io.slipway.traffic.TestEdge.split;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Arm;
import io.slipway.routing.EdgeCounts.ArmCounts;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveChangeTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: web.test\r\n\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 0\r\n\r\n";
    private TestEdge edge;

    @BeforeEach
    void start() throws IOException {
        edge = new TestEdge();
    }

    @AfterEach
    void stop() throws IOException {
        edge.close();
    }

    @Test
    void a_thousand_changes_under_load_cost_no_request_and_the_counts_add_up() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (StubBackend s1 = StubBackend.saying("s1");
                StubBackend s2 = StubBackend.saying("s2");
                StubBackend k1 = StubBackend.saying("k1");
                StubBackend c1 = StubBackend.saying("c1");
                StubBackend c2 = StubBackend.saying("c2")) {
            edge.route(split(Arm.STABLE, 1, 100, backend("s1", s1)));
            Crowd gets = new Crowd(edge.port(), 6, 20, GET);
            Crowd posts = new Crowd(edge.port(), 2, 20, POST);
            for (int i = 0; i < 1_000; i++) {
                int candidate = random.nextInt(81);
                edge.route(
                        random.nextBoolean()
                                ? split(Arm.STABLE, 1, 90 - candidate, backend("s1", s1))
                                : split(Arm.STABLE, 1, 90 - candidate, backend("s1", s1), backend("s2", s2)),
                        split(Arm.CONTROL, 1, 10, backend("k1", k1)),
                        random.nextBoolean()
                                ? split(Arm.CANDIDATE, 2, candidate, backend("c1", c1))
                                : split(Arm.CANDIDATE, 2, candidate, backend("c2", c2)));
            }
            gets.stop();
            posts.stop();
            assertThat(gets.failures).isEmpty();
            assertThat(posts.failures).isEmpty();
            assertThat(gets.answers).containsOnlyKeys("s1", "s2", "k1", "c1", "c2");
            System.out.println(gets.answered() + posts.answered() + " requests over 1,000 changes");
            assertThat(requests(Arm.STABLE)).isEqualTo(saw("s1", gets, posts) + saw("s2", gets, posts));
            assertThat(requests(Arm.CONTROL)).isEqualTo(saw("k1", gets, posts));
            assertThat(requests(Arm.CANDIDATE)).isEqualTo(saw("c1", gets, posts) + saw("c2", gets, posts));
            assertThat(edge.counts().arms()).allMatch(c -> c.errors() == 0 && c.failedByEdge() == 0);
            assertThat(edge.counts().arms()).allMatch(c -> c.latency().total() == c.requests());
        }
    }

    @Test
    void a_removed_replica_ends_what_it_has_gets_nothing_new_and_may_then_be_stopped_under_load() throws Exception {
        for (int round = 0; round < 20; round++) {
            CountDownLatch release = new CountDownLatch(1);
            AtomicLong afterRemoval = new AtomicLong();
            try (StubBackend going = StubBackend.saying("going");
                    StubBackend staying = StubBackend.saying("staying");
                    RawClient slow = new RawClient(edge.port())) {
                edge.route(split(Arm.STABLE, 1, 100, backend("going" + round, going)));
                going.become((head, body, out, socket) -> {
                    await(release);
                    return StubBackend.answer(out, "slow");
                });
                slow.write(GET);
                eventually("in flight", () -> going.requests.get() == 1);
                going.become((head, body, out, socket) -> StubBackend.answer(out, "going"));
                Crowd gets = new Crowd(edge.port(), 4, 10, GET);
                Crowd posts = new Crowd(edge.port(), 2, 10, POST);
                edge.route(split(Arm.STABLE, 1, 100, backend("going" + round, going), backend("staying", staying)));
                for (Crowd crowd : List.of(gets, posts)) {
                    eventually("both serve", () -> crowd.answered("going") > 0 && crowd.answered("staying") > 0);
                }
                edge.route(split(Arm.STABLE, 1, 100, backend("staying", staying)));
                int id = round;
                eventually("only the slow one is left", () -> inFlight("going" + id) == 1);
                going.become((head, body, out, socket) -> {
                    afterRemoval.incrementAndGet();
                    return StubBackend.answer(out, "going");
                });
                release.countDown();
                assertThat(slow.read(false).text()).isEqualTo("slow");
                eventually("drained", () -> inFlight("going" + id) == 0);
                going.kill();
                long more = gets.answered() + 20;
                eventually("load goes on", () -> gets.answered() > more);
                gets.stop();
                posts.stop();
                assertThat(gets.failures).isEmpty();
                assertThat(posts.failures).isEmpty();
                assertThat(posts.answers).containsOnlyKeys("going", "staying");
                assertThat(afterRemoval).hasValue(0);
            }
        }
    }

    @Test
    void a_replica_killed_under_load_costs_only_what_it_cut_off_itself() throws IOException {
        try (StubBackend dying = StubBackend.saying("dying");
                StubBackend other = StubBackend.saying("other")) {
            edge.route(split(Arm.STABLE, 1, 100, backend("a1", dying), backend("a2", other)));
            Crowd gets = new Crowd(edge.port(), 6, 50, GET);
            Crowd posts = new Crowd(edge.port(), 4, 50, POST);
            eventually("both serve", () -> gets.answered("dying") > 200 && posts.answered("dying") > 200);
            dying.kill();
            long more = gets.answered() + 500;
            eventually("load goes on", () -> gets.answered() > more);
            gets.stop();
            posts.stop();
            ArmCounts counts = edge.counts(Arm.STABLE);
            assertThat(posts.failures).isEmpty();
            assertThat(gets.answers.keySet()).isSubsetOf("dying", "other");
            // a GET can be cut in the middle of its answer, a POST also before it: at most one for each client
            assertThat(gets.failures).hasSizeLessThanOrEqualTo(6);
            assertThat(posts.answered("502")).isLessThanOrEqualTo(4);
            assertThat(counts.errors()).isEqualTo(gets.failures.size() + posts.answered("502"));
            assertThat(counts.requests()).isEqualTo(gets.answered() + posts.answered() + gets.failures.size());
            assertThat(counts.failedByEdge()).isZero();
        }
    }

    private static long saw(String what, Crowd... crowds) {
        return java.util.Arrays.stream(crowds)
                .mapToLong(crowd -> crowd.answered(what))
                .sum();
    }

    private long requests(Arm arm) throws IOException {
        return edge.counts(arm).requests();
    }

    private int inFlight(String allocation) {
        try {
            return edge.inFlight(allocation);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
