package io.slipway.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Epoch;
import io.slipway.base.ServiceName;
import io.slipway.release.Check;
import io.slipway.store.Samples;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** People's requests against the loop's decisions in a real Postgres, whose transactions are not run again when it breaks one off. */
class LockOrderTest {
    private static final int ROUNDS = 40;
    private static final Set<Refused.Kind> CLEAN = EnumSet.of(Refused.Kind.ROLLOUT_ACTIVE, Refused.Kind.WRONG_STATE);
    private static final Actor ALICE = WholeReleaseTest.ALICE;
    private final Yard yard = new Yard(new FakeHosts(11, "h1"));
    private final ReleaseDesk desk = yard.controller.desk;
    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void no_request_is_broken_off_while_the_loop_decides_upon_the_same_service() throws Exception {
        Epoch epoch = yard.controller.leader.epoch().orElseThrow();
        try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
            Future<Integer> loop = threads.submit(() -> decide(epoch));
            try {
                for (int i = 0; i < ROUNDS; i++) {
                    round("s" + i, threads);
                }
            } finally {
                over.set(true);
            }
            assertThat(loop.get()).isPositive();
        }
    }

    private int decide(Epoch epoch) {
        int decided = 0;
        while (!over.get()) {
            decided += yard.controller.rolloutLoop.drain(epoch);
        }
        return decided;
    }

    private void round(String service, ExecutorService threads) throws Exception {
        desk.submit(Samples.spec(service, 1, List.of(Check.IMAGE)), ALICE);
        CyclicBarrier together = new CyclicBarrier(4);
        List<Future<Boolean>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(threads.submit(() -> isAnswered(
                    together, () -> desk.revert(new ServiceName(service), Releases.Back.ONE, "I saw errors", ALICE))));
        }
        answers.add(threads.submit(() ->
                isAnswered(together, () -> desk.submit(Samples.spec(service, 2, List.of(Check.IMAGE)), ALICE))));
        for (Future<Boolean> answer : answers) {
            assertThat(answer.get()).isTrue();
        }
    }

    private static boolean isAnswered(CyclicBarrier together, Callable<?> request) throws Exception {
        together.await();
        try {
            request.call();
            return true;
        } catch (Refused refused) {
            return CLEAN.contains(refused.kind());
        }
    }
}
