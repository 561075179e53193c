package io.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RuntimeCommandsTest extends RuntimeByHand {
    @Test
    void run_shows_the_output_and_ends_with_the_containers_code() throws Exception {
        Ran ran = slipway("run", "--rm", image, "sh", "-c", "echo out; echo err >&2; exit 42");
        assertThat(ran.code()).isEqualTo(42);
        assertThat(ran.out()).isEqualTo("out\n");
        assertThat(ran.err()).isEqualTo("err\n");
        assertThat(slipway("ps", "--all", "--output", "json").json()).isEmpty();
    }

    @Test
    void a_container_that_no_directory_can_keep_is_not_started_and_other_commands_fail() throws Exception {
        Path file = Files.writeString(temp.resolve("data"), "is no directory");
        Ran ran = slipway("run", "--rm", image, "true");
        assertThat(ran.code()).isEqualTo(125);
        assertThat(ran.err()).startsWith("slipway: run failed: " + file);
        assertThat(slipway("exec", "c1", "true").code()).isEqualTo(125);
        assertThat(slipway("logs", "c1").code()).isEqualTo(ExitCode.FAILED);
        Files.delete(file);
    }

    @Test
    void run_takes_command_and_environment_from_the_image() throws Exception {
        String tagged = "oci:" + temp.resolve("layout") + ":1";
        assertThat(slipway("run", "--rm", tagged).out()).isEqualTo("hello\n");
        assertThat(slipway("run", "--rm", "--env", "GREETING=moin", tagged).out())
                .isEqualTo("moin\n");
    }

    @Test
    void over_the_memory_limit_the_reason_is_oom() throws Exception {
        Ran ran = slipway("run", "--rm", "--memory", "64MiB", image, "sh", "-c", "tail /dev/zero");
        assertThat(ran.code()).isEqualTo(137);
        assertThat(ran.err()).contains("OOM: over 64 MiB");
        Ran json = slipway("run", "--rm", "--output", "json", "--memory", "64MiB", image, "sh", "-c", "tail /dev/zero");
        assertThat(json.json().path("exit").path("reason").asString()).isEqualTo("oom");
    }

    @Test
    void detached_it_is_seen_followed_explained_stopped_and_removed() throws Exception {
        assertThat(slipway("run", "--detach", "--name", "c1", image, "sh", "-c", "echo up; exec sleep 1000")
                        .out())
                .isEqualTo("c1\n");
        assertThat(slipway("ps").out()).contains("c1", "running", image);
        assertThat(slipway("stats", "--output", "json")
                        .json()
                        .get(0)
                        .path("pids")
                        .asInt())
                .isEqualTo(2);
        assertThat(slipway("inspect", "--output", "json", "c1")
                        .json()
                        .path("namespaces")
                        .path("user")
                        .path("firstHostId")
                        .asInt())
                .isGreaterThan(165_536);
        assertThat(slipway("explain", "c1").out()).contains("mount(\"proc\", \"/proc\"", "clone3(", "µs");
        JsonNode explained = slipway("explain", "--output", "json", "c1").json();
        assertThat(explained.path("calls").asInt()).isGreaterThan(100);
        assertThat(explained.findValuesAsString("name")).contains("filesystemtype", "cl_args", "new_root");
        assertThat(slipway("rm", "c1").err()).contains("runs. Stop it first");
        assertThat(slipway("stop", "c1").out()).isEqualTo("c1 killed by SIGTERM\n");
        assertThat(slipway("logs", "c1").out()).isEqualTo("up\n");
        assertThat(slipway("ps", "--all", "--output", "json")
                        .json()
                        .get(0)
                        .path("exit")
                        .path("code")
                        .asInt())
                .isEqualTo(143);
        assertThat(slipway("rm", "c1").code()).isZero();
        assertThat(slipway("logs", "c1").err()).contains("there is no container 'c1'");
    }

    @Test
    void a_plan_shows_the_calls_or_a_script_and_runs_nothing() throws Exception {
        Ran calls = slipway("explain", "--plan", "--memory", "64MiB", image, "sh", "-c", "exit 3");
        assertThat(calls.code()).isZero();
        assertThat(calls.out())
                .contains("nothing was run", "\"67108864\"", "[\"/bin/sh\", \"sh\", \"-c\", \"exit 3\"]");
        assertThat(calls.out()).doesNotContain(" = 0", "µs");
        Ran json = slipway("explain", "--plan", "--output", "json", image, "true");
        assertThat(json.json().path("planned").asBoolean()).isTrue();
        assertThat(slipway("explain", "--plan", "--as", "sh", image, "true").out())
                .startsWith("#!/bin/sh\n")
                .contains("pivot_root . ", "unshare --mount");
        assertThat(slipway("ps", "--all", "--output", "json").json()).isEmpty();
    }

    @Test
    void explain_lists_its_topics_and_refuses_what_it_does_not_know() throws Exception {
        assertThat(slipway("explain", "--learn").out()).contains("pid-1 ", "seccomp ");
        assertThat(slipway("explain", "--learn", "--output", "json").json().size())
                .isGreaterThan(15);
        assertThat(slipway("explain", "--learn", "pidd").code()).isEqualTo(2);
        assertThat(slipway("explain", "--leran").code()).isEqualTo(2);
        assertThat(slipway("explain", "--as", "perl", "c1").err()).contains("there are: calls, sh");
        assertThat(slipway("explain").code()).isEqualTo(2);
    }

    @Test
    void what_cannot_start_says_which_call_failed_and_leaves_nothing() throws Exception {
        Ran ran = slipway("run", image, "nothing-like-it");
        assertThat(ran.code()).isEqualTo(127);
        assertThat(ran.err()).contains("command 'nothing-like-it' was not found in the container's PATH, /bin;");
        assertThat(slipway("run", "oci:/none:1").code()).isEqualTo(125);
        assertThat(slipway("run", "--memory", "64", image, "true").code()).isEqualTo(2);
        assertThat(slipway("ps", "--all", "--output", "json").json()).isEmpty();
    }

    @Test
    void volumes_and_users_are_as_asked() throws Exception {
        Path data = Files.createDirectory(temp.resolve("volume"));
        Files.writeString(data.resolve("a"), "content");
        Ran ran = slipway(
                "run",
                "--rm",
                "--user",
                "7:8",
                "--volume",
                data + ":/data:ro",
                image,
                "sh",
                "-c",
                "cat /data/a; id -u");
        assertThat(ran.out()).isEqualTo("content7\n");
    }

    @Test
    void pausedItIsSeenAsPausedAndItsLimitsChangeWhileItRuns() throws Exception {
        slipway("run", "--detach", "--name", "c1", "--memory", "64MiB", image, "sh", "-c", "while :; do :; done");
        assertThat(slipway("pause", "c1").out()).isEqualTo("c1\n");
        assertThat(slipway("ps").out()).contains("c1", "paused");
        assertThat(slipway("inspect", "--output", "json", "c1")
                        .json()
                        .path("state")
                        .asString())
                .isEqualTo("paused");
        assertThat(slipway("resume", "--output", "json", "c1")
                        .json()
                        .path("state")
                        .asString())
                .isEqualTo("running");
        assertThat(slipway("update", "--cpu", "0.1", "--pids", "9", "--cpuset-cpus", "0", "c1")
                        .out())
                .isEqualTo("c1\n");
        JsonNode limits = slipway("inspect", "--output", "json", "c1").json().path("limits");
        assertThat(limits.toString())
                .isEqualTo("{\"memoryBytes\":67108864,\"cpu\":0.1,\"cpusetCpus\":\"0\",\"pids\":9}");
        Ran again = slipway("update", "--cpu", "0.1", "c1");
        assertThat(again.err()).contains("has these limits already");
        assertThat(slipway("update", "--memory", "max", "c1").code()).isZero();
        assertThat(slipway("inspect", "--output", "json", "c1")
                        .json()
                        .path("limits")
                        .has("memoryBytes"))
                .isFalse();
        assertThat(slipway("kill", "c1").code()).isZero();
        Ran late = slipway("pause", "c1");
        assertThat(late.code()).isEqualTo(1);
        assertThat(late.err()).isEqualTo("slipway: container c1 cannot be paused: it has ended (killed by SIGKILL)\n");
    }

    @Test
    void limitsThatMeanNothingAreRefusedWithWhatToDoAndNothingIsMade() throws Exception {
        assertThat(slipway("run", "--cpu", "0", image, "true").err())
                .contains("cpu 0 is not within 0.01 and the number of cores");
        assertThat(slipway("run", "--memory", "64", image, "true").err()).contains("is not a size");
        Ran beyond = slipway("run", "--cpuset-cpus", "77", image, "true");
        assertThat(beyond.code()).isEqualTo(2);
        assertThat(beyond.err()).contains("cpuset-cpus 77 names 77, but this host has only");
        assertThat(slipway("run", "--device-rule", "c 1:3 r", image, "true").err())
                .contains("neither allow nor deny");
        assertThat(slipway("run", "--io-read-bytes", "/dev/none=1MiB", image, "true")
                        .err())
                .contains("there is no disk /dev/none");
        assertThat(slipway("run", "--hugetlb", "3MB=4MiB", image, "true").err()).contains("no huge pages of that size");
        assertThat(slipway("ps", "--all", "--output", "json").json()).isEmpty();
    }

    @Test
    void statsAndTopShowWhatItUsesAndItsProcesses() throws Exception {
        slipway("run", "--detach", "--name", "c1", "--cpu", "0.2", image, "sh", "-c", "while :; do :; done");
        JsonNode stats = slipway("stats", "--output", "json", "c1").json().get(0);
        assertThat(stats.path("cpuPercent").asDouble()).isBetween(1.0, 60.0);
        assertThat(stats.path("cpuPeriods").asInt()).isPositive();
        assertThat(stats.path("memoryBytes").asLong()).isPositive();
        assertThat(stats.path("cpuPressure").has("someSeconds")).isTrue();
        assertThat(slipway("stats").out()).contains("CONTAINER", "THROTTLED", "c1");
        JsonNode top = slipway("top", "--output", "json", "c1").json();
        assertThat(top).hasSize(2);
        assertThat(top.get(1).path("pidInside").asInt()).isEqualTo(2);
        assertThat(top.get(1).path("command").asString()).isEqualTo("sh -c while :; do :; done");
        assertThat(top.get(1).path("cpuPercent").asDouble()).isBetween(1.0, 60.0);
        assertThat(slipway("top").out()).contains("INSIDE", "RSS MIB", "c1");
        assertThat(slipway("top", "none").err()).contains("there is no container 'none'");
    }

    @Test
    void statsFollowsUntilTheEnd() throws Exception {
        slipway("run", "--detach", "--name", "c1", image, "sh", "-c", "sleep 3");
        Ran followed = slipway("stats", "--follow", "--every", "100ms", "--output", "json", "c1");
        assertThat(followed.code()).isZero();
        assertThat(followed.out().lines()).hasSizeGreaterThan(2);
    }
}
