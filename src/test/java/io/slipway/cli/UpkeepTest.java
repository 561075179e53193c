package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Restarts and health of containers made by hand. */
class UpkeepTest extends RuntimeByHand {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private @Nullable Process running;

    @AfterEach
    void end() throws Exception {
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_start_limit_ends_what_would_be_started_again_for_ever_and_says_so() throws Exception {
        Ran ran = slipway(
                "run", "--rm", "--restart", "always", "--start-limit", "3/1m", image, "sh", "-c", "echo run; exit 3");
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out()).isEqualTo("run\nrun\nrun\n");
        assertThat(ran.err()).contains("start limit reached, 3 starts within 1m; last: exited 3");
    }

    @Test
    void the_pauses_are_as_they_were_asked_for() throws Exception {
        Ran ran = slipway(
                "run",
                "--rm",
                "--restart",
                "on-failure:3",
                "--restart-backoff",
                "150ms..400ms",
                image,
                "sh",
                "-c",
                "exit 3");
        assertThat(ran.err().lines().filter(line -> line.contains("started again in")))
                .map(line -> line.replaceAll(".* ", ""))
                .containsExactly("150ms", "300ms", "400ms");
    }

    @Test
    void to_be_given_up_is_a_failure_also_where_each_run_exited_with_0() throws Exception {
        Ran ran = slipway("run", "--rm", "--restart", "always", "--start-limit", "2/1m", image, "true");
        assertThat(ran.err()).contains("start limit reached, 2 starts within 1m; last: exited 0");
        assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void to_be_stopped_as_unhealthy_is_a_failure_also_where_it_then_exits_with_0() throws Exception {
        Ran ran = slipway(
                "run",
                "--rm",
                "--health-cmd",
                "exit 9",
                "--health-interval",
                "100ms",
                "--health-retries",
                "1",
                "--health-on-failure",
                "stop",
                image,
                "sh",
                "-c",
                "trap 'exit 0' TERM; while true; do sleep 0.1; done");
        assertThat(ran.err()).doesNotContain("ended: killed");
        assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void what_fails_is_started_again_as_often_as_was_asked_and_ends_with_its_code() throws Exception {
        Ran ran = slipway("run", "--rm", "--restart", "on-failure:2", image, "sh", "-c", "echo run; exit 3");
        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out()).isEqualTo("run\nrun\nrun\n");
        assertThat(ran.err())
                .contains("exited 3; started again in 100ms")
                .contains("exited 3; started again in 200ms")
                .contains("exited 3; started again 2 times, as often as --restart on-failure:2 allows");
        assertThat(slipway("ps", "--all", "--output", "json").json()).isEmpty();
    }

    @Test
    void it_keeps_its_files_and_its_log_and_is_not_started_again_after_success() throws Exception {
        String third = "echo x >> /n; grep -c x /n; test $(grep -c x /n) = 3";
        Ran ran = slipway("run", "--name", "c1", "--restart", "on-failure", image, "sh", "-c", third);
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEqualTo("1\n2\n3\n");
        assertThat(slipway("logs", "c1").out()).isEqualTo("1\n2\n3\n");
        JsonNode one = slipway("inspect", "--output", "json", "c1").json();
        assertThat(one.path("state").asString()).isEqualTo("ended");
        assertThat(one.path("restarts").asInt()).isEqualTo(2);
        assertThat(one.path("upkeep").path("restart").asString()).isEqualTo("on-failure");
        assertThat(slipway("ps", "--all").out()).containsPattern("exited 0 +2 ");
        List<String> kinds =
                slipway("events").out().lines().map(line -> line.split(" ")[2]).toList();
        assertThat(kinds).filteredOn("started"::equals).hasSize(3);
        assertThat(kinds).filteredOn("ended"::equals).hasSize(3);
        assertThat(kinds).filteredOn("restarting"::equals).hasSize(2);
    }

    @Test
    void one_that_is_unhealthy_is_stopped_where_that_was_asked_and_that_counts_as_a_failure() throws Exception {
        Ran ran = slipway(
                "run",
                "--rm",
                "--restart",
                "on-failure:1",
                "--health-cmd",
                "echo ill; exit 9",
                "--health-interval",
                "100ms",
                "--health-retries",
                "2",
                "--health-on-failure",
                "stop",
                image,
                "sleep",
                "1000");
        assertThat(ran.code()).isEqualTo(143);
        assertThat(ran.err())
                .contains(
                        "unhealthy, not yet ready: /bin/sh exited 9: ill; stopped, killed by SIGTERM; started again in")
                .contains("as often as --restart on-failure:1 allows");
    }

    @Test
    void ps_and_inspect_show_its_health_as_long_as_somebody_asks() throws Exception {
        Process run = begin(
                "--name",
                "c1",
                "--health-cmd",
                "test -e /tmp/ok",
                "--health-interval",
                "100ms",
                "--health-retries",
                "2",
                image,
                "sleep",
                "1000");
        until(() -> slipway("ps").out().contains("running (unhealthy)"));
        assertThat(slipway("exec", "c1", "sh", "-c", "echo > /tmp/ok").code()).isZero();
        until(() -> slipway("ps").out().contains("running (healthy)"));
        JsonNode upkeep = slipway("inspect", "--output", "json", "c1").json().path("upkeep");
        assertThat(upkeep.path("active").asBoolean()).isTrue();
        assertThat(upkeep.path("checks").size()).isBetween(1, 5);
        assertThat(slipway("events").out()).contains(" unhealthy not yet ready: /bin/sh exited 1", " healthy");
        run.destroyForcibly().waitFor();
        assertThat(slipway("ps").out()).contains("running (not looked after)");
    }

    @Test
    void one_that_is_stopped_or_removed_is_not_started_again() throws Exception {
        Process run = begin("--name", "c1", "--restart", "always", image, "sh", "-c", "exit 1");
        until(() -> slipway("ps").out().contains("restarting"));
        assertThat(slipway("stop", "c1").code()).isZero();
        assertThat(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        // It may have run just then.
        assertThat(run.exitValue()).isIn(1, 143);
        assertThat(slipway("ps", "--all").out()).contains("c1").doesNotContain("restarting", "running");
        run = begin("--name", "c2", "--restart", "always", image, "sh", "-c", "echo here; exec sleep 1000");
        until(() -> slipway("ps").out().contains("c2"));
        assertThat(slipway("rm", "--force", "c2").code()).isZero();
        assertThat(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(slipway("ps", "--all").out()).doesNotContain("c2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --detach --restart always                    | Leave --detach out
            --detach --health-tcp 80                     | slipway up
            --restart sometimes                          | is none of never, on-failure, on-failure:5, always
            --restart always:3                           | is none of never, on-failure, on-failure:5, always
            --start-limit 3/1m                           | limits nothing without --restart
            --restart always --start-limit 3             | is not a number of starts within a time
            --restart always --start-limit 0/10m         | is outside 1/1s to 1000/24h
            --restart always --start-limit 20/1m         | is never reached
            --restart-backoff 1s..1m                     | puts nothing off without --restart
            --restart always --restart-backoff 1         | --restart-backoff 1 is not a duration
            --restart always --restart-backoff 1s..      | is not a duration
            --restart always --restart-backoff 1s..2s..3s | is not a first and a longest pause
            --restart always --restart-backoff 0s..1m    | is not within 100ms..1h, the shorter pause first
            --restart always --restart-backoff 1m..1s    | is not within 100ms..1h, the shorter pause first
            --restart always --restart-backoff 1s..2h    | is not within 100ms..1h, the shorter pause first
            --restart always --start-limit 3/5s --restart-backoff 2s | with pauses of 2s..2s so many starts take 6s
            --health-tcp 0                               | they go from 1 to 65535
            --health-http healthz                        | write 8080/healthz
            --health-http 99999/                         | they go from 1 to 65535
            --health-tcp 80 --health-http 80/            | give one of them
            --health-interval 5s                         | there is nothing to ask
            --health-on-failure stop                     | there is nothing to ask
            --health-tcp 80 --health-on-failure restart  | is neither none nor stop
            --health-tcp 80 --health-interval 5          | is not a duration
            --health-tcp 80 --health-interval 0s         | is no time at all
            --health-tcp 80 --health-retries 0           | is below 1
            """)
    void what_means_nothing_is_refused_with_what_to_do_and_nothing_is_made(String options, String told)
            throws Exception {
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(List.of(options.split(" ")));
        words.addAll(List.of(image, "true"));
        Ran ran = slipway(words.toArray(String[]::new));
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains(told);
        assertThat(slipway("ps", "--all", "--output", "json").json()).isEmpty();
    }

    /** In a process of its own: it lasts as long as the container does. */
    private Process begin(String... arguments) throws Exception {
        Process process = new ProcessBuilder(runProgram(arguments))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        running = process;
        return process;
    }

    private void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime())
                    .as(() -> "waited for " + PATIENCE + "; " + told())
                    .isLessThan(end);
            LockSupport.parkNanos(50_000_000);
        }
    }

    /** What the process of the run has said, and whether it is still there. */
    private String told() {
        try {
            String log = running == null ? "" : Files.readString(log());
            return (running != null && running.isAlive() ? "the run goes on: " : "the run is over: ") + log;
        } catch (IOException e) {
            return "what the run said cannot be read: " + e;
        }
    }

    private Path log() {
        return temp.resolve("run.log");
    }
}
