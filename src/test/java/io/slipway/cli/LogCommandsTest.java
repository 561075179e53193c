package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class LogCommandsTest extends RuntimeByHand {
    @Test
    void logs_shows_all_the_last_lines_one_stream_or_those_since_a_time() throws Exception {
        slipway("run", "--detach", "--name", "c1", image, "sh", "-c", "echo 1; echo 2; echo 3; echo bad >&2");
        slipway("wait", "c1");
        Ran all = slipway("logs", "c1");
        assertThat(all.out()).isEqualTo("1\n2\n3\n");
        assertThat(all.err()).isEqualTo("bad\n");
        assertThat(slipway("logs", "--tail", "2", "--stream", "stdout", "c1").out())
                .isEqualTo("2\n3\n");
        assertThat(slipway("logs", "--stream", "stderr", "c1").out()).isEmpty();
        assertThat(slipway("logs", "--since", "1h", "c1").out()).isEqualTo("1\n2\n3\n");
        assertThat(slipway("logs", "--since", "2999-01-01T00:00:00Z", "c1").out())
                .isEmpty();
        assertThat(slipway("logs", "--timestamps", "c1").out()).matches("(\\d{4}-\\S+Z \\d\n){3}");
        assertThat(slipway("logs", "--tail", "-1", "c1").code()).isEqualTo(2);
    }

    @Test
    void logs_as_json_is_an_object_a_line() throws Exception {
        slipway("run", "--detach", "--name", "c1", image, "sh", "-c", "echo one; printf two");
        slipway("wait", "c1");
        String[] lines = slipway("logs", "--output", "json", "c1").out().split("\n");
        assertThat(lines).hasSize(2);
        JsonNode last = ApiClient.JSON.readTree(lines[1]);
        assertThat(last.path("line").asString()).isEqualTo("two");
        assertThat(last.path("stream").asString()).isEqualTo("stdout");
        assertThat(last.path("partial").asBoolean()).isTrue();
        assertThat(java.time.Instant.parse(last.path("at").asString())).isBefore(java.time.Instant.now());
    }

    @Test
    void events_are_of_all_or_of_those_that_are_named_also_when_these_are_gone() throws Exception {
        for (String id : List.of("c1", "c2", "c3")) {
            slipway("run", "--name", id, image, "true");
        }
        slipway("rm", "c1");
        assertThat(containers("events")).containsOnly("c1", "c2", "c3");
        assertThat(containers("events", "c1")).containsOnly("c1").hasSize(4);
        assertThat(containers("events", "c3", "c2")).containsOnly("c2", "c3");
        assertThat(slipway("events", "--output", "json", "c2")
                        .json()
                        .path("event")
                        .asString())
                .isEqualTo("ended");
        Ran none = slipway("events", "c2", "none");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.out()).contains(" c2 started");
        assertThat(none.err()).contains("there is no container 'none', and no event of one");
    }

    private List<String> containers(String... arguments) throws Exception {
        return slipway(arguments).out().lines().map(line -> line.split(" ")[1]).toList();
    }

    @Test
    void follow_ends_when_the_container_ends_with_no_line_lost_or_doubled() throws Exception {
        String script = "i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); done; sleep 0.3; echo end";
        slipway("run", "--detach", "--name", "c1", image, "sh", "-c", script);
        String seen = slipway("logs", "--follow", "c1").out();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            expected.append("line ").append(i).append('\n');
        }
        assertThat(seen).isEqualTo(expected + "end\n");
        assertThat(slipway("logs", "c1").out()).isEqualTo(seen);
    }

    @Test
    void so_much_of_a_log_is_kept_as_was_asked_and_who_follows_sees_all_of_it() throws Exception {
        String script = "i=0; while [ $i -lt 4000 ]; do echo a line of some length with number $i; i=$((i+1)); done";
        Ran ran = slipway(
                "run", "--name", "c1", "--log-max-size", "64KiB", "--log-max-files", "2", image, "sh", "-c", script);
        assertThat(ran.out().lines()).hasSize(4000);
        assertThat(slipway("logs", "c1").out().length()).isLessThan(140_000);
        assertThat(slipway("logs", "c1").out()).endsWith("number 3998\na line of some length with number 3999\n");
        assertThat(slipway("inspect", "--output", "json", "c1")
                        .json()
                        .path("log")
                        .toString())
                .isEqualTo("{\"fileBytesMax\":65536,\"filesMax\":2}");
        assertThat(slipway("run", "--log-max-files", "1", image, "true").err())
                .contains("--log-max-files 1: a log of 1 files is not within 2 and 10000");
        assertThat(slipway("run", "--log-max-size", "1KiB", image, "true").err())
                .contains("is below 64KiB");
        assertThat(slipway("run", "--log-max-size", "many", image, "true").code())
                .isEqualTo(2);
    }

    @Test
    void wait_tells_how_each_ended_and_gives_up_when_its_time_is_over() throws Exception {
        slipway("run", "--detach", "--name", "c1", image, "sh", "-c", "exit 42");
        slipway("run", "--detach", "--name", "c2", image, "sleep", "1000");
        assertThat(slipway("wait", "c1").out()).isEqualTo("c1 exited 42\n");
        Ran late = slipway("wait", "--timeout", "200ms", "c2");
        assertThat(late.code()).isEqualTo(5);
        assertThat(late.err()).contains("container c2 still runs after 200ms");
    }

    @Test
    void of_several_all_are_done_and_each_that_cannot_be_is_told() throws Exception {
        slipway("run", "--detach", "--name", "c1", image, "sleep", "1000");
        slipway("run", "--detach", "--name", "c2", image, "sleep", "1000");
        Ran stopped = slipway("stop", "none", "c1", "nothing", "c2");
        assertThat(stopped.code()).isEqualTo(1);
        assertThat(stopped.out()).isEqualTo("c1 killed by SIGTERM\nc2 killed by SIGTERM\n");
        assertThat(stopped.err()).contains("'none'", "'nothing'");
        Ran killed = slipway("kill", "c1");
        assertThat(killed.code()).isEqualTo(1);
        assertThat(killed.err()).contains("container c1 has ended already (killed by SIGTERM); nothing was sent");
        Ran removed = slipway("rm", "none", "c1", "c2");
        assertThat(removed.code()).isEqualTo(1);
        assertThat(removed.out()).isEqualTo("c1\nc2\n");
    }

    @Test
    void events_tell_what_happened_to_each_in_order_and_its_end_once() throws Exception {
        slipway("run", "--detach", "--name", "c1", image, "sleep", "1000");
        slipway("exec", "c1", "true");
        slipway("pause", "c1");
        slipway("resume", "c1");
        slipway("kill", "c1");
        slipway("rm", "c1");
        String[] lines = slipway("events", "--output", "json").out().split("\n");
        assertThat(lines)
                .extracting(line -> ApiClient.JSON.readTree(line).path("event").asString())
                .containsExactly("created", "started", "exec", "paused", "resumed", "ended", "removed");
        assertThat(slipway("events").out()).contains(" c1 ended killed by SIGKILL\n", " c1 exec true\n");
    }
}
