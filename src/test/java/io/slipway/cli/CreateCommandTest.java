package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code slipway create} and {@code slipway start}. */
class CreateCommandTest extends RuntimeByHand {
    @Test
    void it_is_seen_as_created_explained_as_planned_and_started_with_what_it_was_created_as() throws Exception {
        Ran created = slipway(
                "create", "--name", "c1", "--memory", "64MiB", "--env", "A=b", image, "sh", "-c", "echo $A; exit 3");
        assertThat(created.out()).isEqualTo("c1\n");
        assertThat(slipway("ps").out()).doesNotContain("c1");
        assertThat(slipway("ps", "--all").out()).containsPattern("c1 .* - +created, not started +- +-");
        JsonNode seen = slipway("inspect", "--output", "json", "c1").json();
        assertThat(seen.path("state").asString()).isEqualTo("created");
        assertThat(seen.has("exit") || seen.has("startedAt") || seen.has("pid")).isFalse();
        assertThat(slipway("explain", "c1").out()).contains("nothing was run", "\"67108864\"");
        assertThat(slipway("logs", "c1").out()).isEmpty();
        assertThat(slipway("wait", "c1").err())
                .isEqualTo("slipway: container c1 was not started; 'slipway start c1' does\n");
        assertThat(slipway("kill", "c1").err())
                .isEqualTo("slipway: container c1 was created, not started; nothing was sent\n");
        Ran started = slipway("start", "--attach", "c1");
        assertThat(started.code()).isEqualTo(3);
        assertThat(started.out()).isEqualTo("b\n");
        assertThat(slipway("explain", "c1").out()).contains("µs");
        assertThat(slipway("events", "c1").out()).containsSubsequence("created", "started", "ended");
    }

    @Test
    void what_has_ended_is_started_again_with_its_files_and_shows_only_what_it_writes_from_then_on() throws Exception {
        slipway("run", "--name", "c1", image, "sh", "-c", "echo x >> /n; echo run $(cat /n | grep -c x)");
        Ran again = slipway("start", "--attach", "c1");
        assertThat(again.out()).isEqualTo("run 2\n");
        assertThat(again.code()).isZero();
        assertThat(slipway("logs", "c1").out()).isEqualTo("run 1\nrun 2\n");
    }

    @Test
    void several_are_left_running_and_what_runs_goes_on() throws Exception {
        slipway("create", "--name", "c1", image, "sleep", "1000");
        slipway("create", "--name", "c2", image, "sleep", "1000");
        Ran both = slipway("start", "c1", "c2");
        assertThat(both.code()).isZero();
        assertThat(both.out()).isEqualTo("c1\nc2\n");
        JsonNode before = slipway("inspect", "--output", "json", "c1").json();
        assertThat(slipway("start", "c1").out()).isEqualTo("c1\n");
        assertThat(slipway("inspect", "--output", "json", "c1").json().path("pid"))
                .isEqualTo(before.path("pid"));
        assertThat(slipway("start", "--attach", "c1").err())
                .isEqualTo("slipway: container c1 runs already; see 'slipway logs --follow c1'\n");
        assertThat(slipway("start", "--attach", "c1", "c2").code()).isEqualTo(ExitCode.USAGE);
        assertThat(slipway("start", "none").err()).contains("there is no container 'none'");
    }

    @Test
    void a_secret_is_read_from_its_file_at_each_start_and_kept_nowhere() throws Exception {
        Path file = Files.writeString(temp.resolve("password"), "first-word");
        slipway("create", "--name", "c1", "--secret", "pw=" + file, image, "cat", "/run/secrets/pw");
        assertThat(slipway("start", "--attach", "c1").out()).isEqualTo("first-word");
        Files.writeString(file, "second-word");
        assertThat(slipway("start", "--attach", "c1").out()).isEqualTo("second-word");
        Files.delete(file);
        Ran gone = slipway("start", "c1");
        assertThat(gone.err())
                .isEqualTo("slipway: container c1 cannot be started: --secret pw=" + file + ": there is no file " + file
                        + "\n");
        assertThat(gone.code()).isEqualTo(125);
        try (var all = Files.walk(temp.resolve("data/run"))) {
            for (Path kept : all.filter(it -> it.endsWith("state.jsonl") || it.endsWith("explain.json"))
                    .toList()) {
                assertThat(kept).content().doesNotContain("first-word", "second-word");
            }
        }
        assertThat(slipway("create", "--secret", "pw=" + file, image, "true").code())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void what_cannot_be_started_stays_created_and_ends_with_the_code_of_run() throws Exception {
        slipway("create", "--name", "c1", image, "nothing-like-it");
        Ran ran = slipway("start", "--attach", "c1");
        assertThat(ran.code()).as(ran.err()).isEqualTo(127);
        assertThat(ran.err()).contains("command 'nothing-like-it' was not found");
        Ran twice = slipway("start", "c1");
        assertThat(twice.code()).as(twice.err()).isEqualTo(127);
        assertThat(slipway("ps", "--all").out()).contains("created, not started");
        assertThat(slipway("create", "--name", "c1", image, "true").err())
                .contains("there is a container 'c1' already");
        assertThat(slipway("create", "oci:/none:1").code()).isEqualTo(125);
        assertThat(slipway("rm", "c1").code()).isZero();
    }

    @Test
    void removed_at_its_end_as_it_was_created_and_looked_after_as_it_was_started() throws Exception {
        slipway("create", "--rm", "--name", "c1", image, "sh", "-c", "echo run; exit 3");
        Ran ran = slipway("start", "--restart", "on-failure:1", "c1");
        assertThat(ran.out()).isEqualTo("run\nrun\n");
        assertThat(ran.code()).isEqualTo(3);
        assertThat(slipway("ps", "--all", "--output", "json").json()).isEmpty();
    }

    @Test
    void one_that_was_stopped_for_good_may_be_started_again_and_is_then_looked_after_again() throws Exception {
        slipway("run", "--detach", "--name", "c1", image, "sh", "-c", "echo x >> /n; test $(grep -c x /n) = 3");
        slipway("wait", "c1");
        slipway("stop", "c1");
        Ran ran = slipway("start", "--restart", "on-failure", "c1");
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).contains("started again in");
    }

    @Test
    void what_was_said_to_an_earlier_start_goes_with_it() throws Exception {
        slipway("create", "--name", "c1", image, "sh", "-c", "test -e /n && exec sleep 1000; touch /n; exit 3");
        slipway("start", "--restart", "on-failure:1", "--health-cmd", "false", "--health-on-failure", "stop", "c1");
        assertThat(slipway("start", "c1").code()).isZero();
        assertThat(slipway("ps").out()).containsPattern("c1 .* running +- ");
        assertThat(slipway("inspect", "--output", "json", "c1").json().has("restarts"))
                .isFalse();
    }

    @Test
    void its_image_is_not_pruned_while_it_waits() throws Exception {
        slipway("create", "--name", "c1", image, "echo", "there");
        Process other = new ProcessBuilder(runProgram("--rm", image, "true"))
                .inheritIO()
                .start();
        assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(slipway("image", "prune").code()).isZero();
        assertThat(slipway("start", "--attach", "c1").out()).isEqualTo("there\n");
    }
}
