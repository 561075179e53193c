package io.slipway.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.release.RestartPolicy.On;
import io.slipway.release.RestartPolicy.StartLimit;
import io.slipway.release.StartHistory.Next;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartHistoryTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Ending CRASH = Ending.exited(3, "exited 3");

    /** What Restart= of systemd.service(5) says, table 1: always, on-failure, no. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            exited 0      | again | over  | over
            exited 1      | again | again | failed
            exited 143    | again | again | failed
            signal 1      | again | over  | over
            signal 2      | again | over  | over
            signal 13     | again | over  | over
            signal 15     | again | over  | over
            signal 9      | again | again | failed
            signal 6      | again | again | failed
            signal 11     | again | again | failed
            oom           | again | again | failed
            hangs         | again | again | failed
            """)
    void what_follows_an_end_depends_on_the_policy(String end, String always, String onFailure, String never) {
        assertThat(List.of(next(On.ALWAYS, end), next(On.FAILURE, end), next(On.NEVER, end)))
                .containsExactly(always, onFailure, never);
    }

    @Test
    void pauses_are_doubled_up_to_the_longest_while_it_ends_soon_and_begin_anew_after_a_run_as_long_as_that() {
        RestartPolicy policy = policy(Duration.ofSeconds(1), Duration.ofSeconds(10), null);
        assertThat(pauses(policy, 1, 1, 1, 1, 1, 1, 9, 10, 1, 1)).containsExactly(1, 2, 4, 8, 10, 10, 10, 1, 2, 4);
        assertThat(policy.pause(1_000_000)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void the_fifth_end_within_the_time_of_five_starts_is_the_last_and_tells_why() {
        RestartPolicy policy =
                policy(Duration.ofSeconds(1), Duration.ofMinutes(1), new StartLimit(5, Duration.ofMinutes(10)));
        assertThat(pauses(policy, 0, 0, 0, 0)).containsExactly(1, 2, 4, 8);
        Next last = after(policy, 0, 0, 0, 0, 0);
        assertThat(last).isInstanceOf(Next.Over.class);
        assertThat(((Next.Over) last).failed()).isTrue();
        assertThat(last.history().over()).contains("start limit reached, 5 starts within 10m; last: exited 3");
        assertThat(last.history().restarts()).isEqualTo(4);
    }

    @Test
    void a_limit_of_one_start_allows_no_other() {
        RestartPolicy policy =
                policy(Duration.ofSeconds(1), Duration.ofMinutes(1), new StartLimit(1, Duration.ofSeconds(1)));
        assertThat(after(policy, 0)).isInstanceOf(Next.Over.class);
        assertThat(after(policy, 1)).isInstanceOf(Next.Again.class);
    }

    @Test
    void without_a_limit_it_is_tried_for_ever() {
        RestartPolicy policy = RestartPolicy.DEFAULT;
        Next next = after(policy, new int[1000]);
        assertThat(next).isInstanceOf(Next.Again.class);
        assertThat(((Next.Again) next).pause()).isEqualTo(Duration.ofMinutes(1));
        assertThat(next.history().restarts()).isEqualTo(999);
    }

    @Test
    void a_clock_that_was_set_back_does_not_prolong_the_time_of_a_limit() {
        RestartPolicy policy =
                policy(Duration.ofSeconds(1), Duration.ofSeconds(1), new StartLimit(2, Duration.ofMinutes(1)));
        StartHistory two = StartHistory.NONE.starting(NOON, policy).starting(NOON, policy);
        assertThat(two.ended(CRASH, Duration.ZERO, policy, NOON)).isInstanceOf(Next.Over.class);
        assertThat(two.ended(CRASH, Duration.ZERO, policy, NOON.minus(Duration.ofDays(1))))
                .isInstanceOf(Next.Again.class);
    }

    /** Compared with ratelimit_below() of systemd's basic/ratelimit.c, written down once more. */
    @Test
    void the_limit_is_that_of_systemd() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            int burst = 1 + random.nextInt(6);
            long intervalMs = 1_000L * (1 + random.nextInt(60));
            Duration pause = Duration.ofMillis(100 + random.nextInt(3_000));
            RestartPolicy policy = policy(pause, pause, new StartLimit(burst, Duration.ofMillis(intervalMs)));
            long at = 0;
            long beginMs = 0;
            int number = 1;
            StartHistory history = StartHistory.NONE.starting(NOON, policy);
            for (int i = 0; i < 50; i++) {
                long ranMs = random.nextInt(5_000);
                at += ranMs;
                Next next = history.ended(CRASH, Duration.ofMillis(ranMs), policy, NOON.plusMillis(at));
                at += pause.toMillis();
                boolean below;
                if (at - beginMs > intervalMs) {
                    beginMs = at;
                    number = 1;
                    below = true;
                } else {
                    below = number++ < burst;
                }
                assertThat(next instanceof Next.Again)
                        .as("seed %d, round %d, start %d", seed, round, i)
                        .isEqualTo(below);
                if (!below) {
                    break;
                }
                history = next.history().starting(NOON.plusMillis(at), policy);
            }
        }
    }

    private static String next(On on, String end) {
        RestartPolicy policy = new RestartPolicy(on, Duration.ofSeconds(1), Duration.ofSeconds(1), Optional.empty());
        Ending how;
        if (end.startsWith("exited ")) {
            how = Ending.exited(Integer.parseInt(end.substring(7)), end);
        } else {
            how = end.startsWith("signal ")
                    ? Ending.signalled(Integer.parseInt(end.substring(7)), end)
                    : Ending.failed(end);
        }
        Next next = StartHistory.NONE.starting(NOON, policy).ended(how, Duration.ZERO, policy, NOON);
        return switch (next) {
            case Next.Again _ -> "again";
            case Next.Over over -> {
                assertThat(over.history().over().orElseThrow()).startsWith(end);
                yield over.failed() ? "failed" : "over";
            }
        };
    }

    private static RestartPolicy policy(
            Duration first, Duration last, @org.jspecify.annotations.Nullable StartLimit limit) {
        return new RestartPolicy(On.ALWAYS, first, last, Optional.ofNullable(limit));
    }

    /** Seconds, after runs of so many. */
    private static List<Integer> pauses(RestartPolicy policy, int... ranSeconds) {
        List<Integer> pauses = new ArrayList<>();
        for (int i = 1; i <= ranSeconds.length; i++) {
            Next next = after(policy, java.util.Arrays.copyOf(ranSeconds, i));
            pauses.add((int) ((Next.Again) next).pause().toSeconds());
        }
        return pauses;
    }

    /** What follows the last of these runs. */
    private static Next after(RestartPolicy policy, int... ranSeconds) {
        Instant now = NOON;
        StartHistory history = StartHistory.NONE;
        Next next = null;
        for (int seconds : ranSeconds) {
            history = history.starting(now, policy);
            now = now.plusSeconds(seconds);
            next = history.ended(CRASH, Duration.ofSeconds(seconds), policy, now);
            history = next.history();
            now = history.notBefore().orElse(now);
        }
        return java.util.Objects.requireNonNull(next);
    }
}
