package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
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
    void what_a_detached_container_writes_is_limited_while_nobody_reads_it_and_ends_with_its_newest_lines()
            throws Exception {
        String script = "for i in $(busybox seq 40000); do echo line $i; done; echo last; exec sleep 1000";
        List<String> command = runProgram(
                "--detach",
                "--name",
                "c1",
                "--log-max-size",
                "64KiB",
                "--log-max-files",
                "2",
                image,
                "sh",
                "-c",
                script);
        Process run = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // To its end, which there would be none of if what stays behind had it open.
        assertThat(new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("c1\n");
        assertThat(run.waitFor()).isZero();
        Path stdout = temp.resolve("data/run/c1/stdout.log");
        until(() -> Files.size(stdout) > 400_000 && blocks(stdout) <= 140_000);
        Ran logs = slipway("logs", "c1");
        assertThat(logs.out()).doesNotContain("\0", "line 1\n").endsWith("line 39999\nline 40000\nlast\n");
        assertThat(logs.out().length()).isBetween(10_000, 140_000);
        assertThat(trimmers(stdout)).isOne();
        slipway("rm", "--force", "c1");
        until(() -> trimmers(stdout) == 0);
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited for 60 s").isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** What a file takes of the disk. */
    private static long blocks(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return 512
                * Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
    }

    /** How many trim a file. */
    private static long trimmers(Path file) {
        return ProcessHandle.allProcesses().filter(one -> trims(one, file)).count();
    }

    private static boolean trims(ProcessHandle process, Path file) {
        Path proc = Path.of("/proc/" + process.pid());
        try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
            // Also once the file is deleted.
            return Files.readString(proc.resolve("cmdline")).startsWith("slipway-trimmer")
                    && open.anyMatch(fd -> target(fd).startsWith(file.toString()));
        } catch (IOException e) {
            return false;
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
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

    @Test
    void an_event_tells_which_limits_were_changed_from_what_to_what_and_none_of_a_change_that_was_none()
            throws Exception {
        slipway("run", "--detach", "--name", "c1", "--memory", "64MiB", "--pids", "9", image, "sleep", "1000");
        assertThat(slipway("update", "--cpu", "0.5", "--memory", "max", "c1").code())
                .isZero();
        assertThat(slipway("update", "--cpu", "0.5", "c1").err()).contains("has these limits already");
        assertThat(slipway("update", "--memory", "1KiB", "c1").code()).isNotZero();
        assertThat(slipway("update", "--pids", "12", "c1").code()).isZero();
        assertThat(slipway("events").out().lines().filter(line -> line.contains(" updated")))
                .extracting(line -> line.substring(line.indexOf("c1")))
                .containsExactly("c1 updated memory 64 MiB -> max, cpu max -> 0.5", "c1 updated pids 9 -> 12");
    }
}
