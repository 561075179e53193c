package io.slipway.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Crashes;
import io.slipway.fleet.FleetCodec;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.AllocationStatus.State;
import io.slipway.release.Probe;
import io.slipway.release.ProcessSpec;
import io.slipway.release.Resources;
import io.slipway.release.RestartPolicy;
import io.slipway.release.RestartPolicy.On;
import io.slipway.release.RestartPolicy.StartLimit;
import io.slipway.release.StartHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Restart policies and health checks, obeyed by a real agent over real containers. */
class ReplicaLifeTest {
    private static final Duration OFTEN = Duration.ofMillis(100);
    private static final Duration PATIENT = Duration.ofSeconds(5);
    private static final String SERVER = "exec /bin/busybox httpd -f -p 8080 -h /srv";
    private static final RestartPolicy SOON =
            new RestartPolicy(On.FAILURE, OFTEN, Duration.ofSeconds(1), Optional.empty());
    private TestHost host;

    @BeforeEach
    void open() throws Exception {
        host = new TestHost();
        host.startAgent();
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        host.close();
    }

    @Test
    void what_keeps_failing_is_started_as_often_as_its_limit_allows_and_then_given_up_for_good() throws Exception {
        host.assign(replica(spec("exit 3").withRestart(limited(3))));
        AllocationStatus over = host.await("one", State.FAILED);
        assertThat(over.reason()).isEqualTo("start limit reached, 3 starts within 10m; last: exited 3");
        assertThat(over.restarts()).isEqualTo(2);
        assertThat(over.exitCode()).contains(3);
        assertThat(over.givenUpAt()).isPresent();
        host.killAgent();
        host.startAgent();
        AllocationStatus still = host.await("one", State.FAILED);
        assertThat(still.reason()).isEqualTo(over.reason());
        assertThat(still.givenUpAt()).isEqualTo(over.givenUpAt());
        assertThat(still.restarts()).isEqualTo(2);
        awaitNoContainer();
        assertThat(host.starts()).isLessThanOrEqualTo(3);
    }

    @Test
    void ends_that_nobody_asked_for_are_counted_in_the_windows_and_those_of_the_oom_killer_as_such() throws Exception {
        host.assign(
                replica(spec("exit 3").withRestart(limited(3))),
                TestHost.allocation("two", spec("head -c 200m /dev/zero | tail").withRestart(limited(2))),
                TestHost.allocation("three", spec("exec sleep 1000").withRestart(limited(3))));
        host.await("one", State.FAILED);
        host.await("two", State.FAILED);
        host.await("three", State.READY);
        host.assign();
        awaitNoContainer();
        host.await(r -> crashes().ends() == 5);
        assertThat(crashes()).isEqualTo(new Crashes(5, 2));
    }

    private Crashes crashes() {
        return host.windows().stream().flatMap(w -> w.crashes().stream()).reduce(Crashes.NONE, Crashes::plus);
    }

    @Test
    void an_agent_that_is_killed_in_between_goes_on_with_its_count() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        host.assign(replica(spec("exit 3").withRestart(limited(6))));
        for (int i = 0; i < 3; i++) {
            host.await(r -> host.status("one").isPresent());
            long untilNanos = System.nanoTime() + random.nextInt(300) * 1_000_000L;
            while (System.nanoTime() < untilNanos) {
                Thread.onSpinWait();
            }
            host.killAgent();
            host.startAgent();
        }
        AllocationStatus over = host.await("one", State.FAILED);
        assertThat(over.reason())
                .as("seed %d", seed)
                .isEqualTo("start limit reached, 6 starts within 10m; last: exited 3");
        assertThat(over.restarts()).as("seed %d", seed).isEqualTo(5);
        assertThat(host.starts()).as("seed %d", seed).isLessThanOrEqualTo(6);
    }

    @Test
    void a_start_that_the_agents_own_end_cut_off_is_made_again_and_counted_once() throws Exception {
        host.await(report -> true);
        host.killAgent();
        Life cut = Life.NEW.with(StartHistory.NONE.starting(Instant.now(), RestartPolicy.DEFAULT));
        Files.write(host.directory.resolve("agent/lives/one.json"), FleetCodec.write(cut));
        host.startAgent();
        host.assign(replica(spec(SERVER)));
        AllocationStatus ready = host.await("one", State.READY);
        assertThat(ready.restarts()).isZero();
    }

    @Test
    void what_ends_as_it_should_is_not_started_again() throws Exception {
        host.assign(replica(spec("exit 0").withRestart(SOON)));
        host.await(
                r -> host.status("one").filter(s -> s.givenUpAt().isPresent()).isPresent());
        AllocationStatus over = host.status("one").orElseThrow();
        assertThat(over.state()).isEqualTo(State.ENDED);
        assertThat(over.reason()).startsWith("exited 0; not started again");
        assertThat(over.restarts()).isZero();
        host.killAgent();
        host.startAgent();
        AllocationStatus still = host.await("one", State.ENDED);
        assertThat(still.reason()).isEqualTo(over.reason());
        assertThat(still.exitCode()).contains(0);
        assertThat(still.givenUpAt()).isEqualTo(over.givenUpAt());
        assertThat(host.starts()).isLessThanOrEqualTo(1);
    }

    @Test
    void what_becomes_ready_late_is_starting_until_then_and_not_restarted() throws Exception {
        host.assign(replica(spec("sleep 2; " + SERVER)
                .withHealth(Optional.empty(), Optional.of(http("/index.html", 3)), Optional.empty())));
        host.await(r -> reason().startsWith("not yet ready: "));
        AllocationStatus ready = host.await("one", State.READY);
        assertThat(ready.restarts()).isZero();
        assertThat(host.starts()).isEqualTo(1);
    }

    @Test
    void what_is_not_ready_any_more_is_told_of_with_its_reason_and_comes_back_without_a_restart() throws Exception {
        // From outside files can be taken away, but none be made.
        String script = "/bin/busybox httpd -f -p 8080 -h /srv & while test -e /etc/group; do sleep 0.1; done;"
                + " /bin/busybox mv /srv/index.html /srv/aside; while test -e /etc/passwd; do sleep 0.1; done;"
                + " /bin/busybox mv /srv/aside /srv/index.html; wait";
        host.assign(replica(
                spec(script).withHealth(Optional.empty(), Optional.of(http("/index.html", 3)), Optional.empty())));
        int pid = host.await("one", State.READY).pid().orElseThrow();
        Files.delete(host.inside("one", "/etc/group"));
        AllocationStatus away = host.await("one", State.STARTING);
        assertThat(away.reason()).isEqualTo("no longer ready: 3 times in a row: GET /index.html was answered 404");
        Files.delete(host.inside("one", "/etc/passwd"));
        AllocationStatus back = host.await("one", State.READY);
        assertThat(back.pid()).contains(pid);
        assertThat(back.restarts()).isZero();
    }

    @Test
    void what_hangs_is_stopped_at_last_by_force_and_started_again_with_the_reason_recorded() throws Exception {
        host.assign(replica(spec(SERVER)
                .withRestart(SOON)
                .withHealth(Optional.empty(), Optional.empty(), Optional.of(http("/index.html", 2)))));
        int pid = host.await("one", State.READY).pid().orElseThrow();
        hang(pid);
        host.await(r -> host.status("one").filter(s -> s.restarts() == 1).isPresent());
        AllocationStatus again = host.await("one", State.READY);
        assertThat(again.pid()).isNotEqualTo(Optional.of(pid));
        assertThat(again.reason()).startsWith("ready; started again after: liveness check failed 2 times in a row: ");
        host.awaitEvent("liveness check failed 2 times in a row: ");
        host.awaitEvent("; stopped, killed by SIGKILL; started again in 100ms");
    }

    @Test
    void what_an_agent_had_begun_to_stop_when_it_was_killed_counts_as_failed_for_the_next_one() throws Exception {
        // It takes SIGTERM for a reason to end well, which alone would be none to start it again; and one, as it may
        // get another of the next agent.
        String slowly = "trap 'trap : TERM; sleep 2; exit 0' TERM; while true; do sleep 0.1; done";
        host.assign(replica(spec(slowly)
                .withRestart(SOON)
                .withHealth(Optional.empty(), Optional.empty(), Optional.of(shell("test -e /srv/index.html", 1)))));
        host.await("one", State.READY);
        Files.delete(host.inside("one", "/srv/index.html"));
        host.await("one", State.STOPPING);
        host.killAgent();
        host.startAgent();
        host.await(r -> host.status("one").filter(s -> s.restarts() == 1).isPresent());
        AllocationStatus again = host.await("one", State.READY);
        assertThat(again.restarts()).isEqualTo(1);
        assertThat(again.reason())
                .startsWith(
                        "ready; started again after: liveness check failed once: /bin/sh exited 1; stopped, exited 0");
        host.awaitEvent("liveness check failed once: /bin/sh exited 1; stopped, exited 0; started again in 100ms");
    }

    @Test
    void until_the_start_check_passes_the_others_are_not_asked() throws Exception {
        host.assign(replica(spec("sleep 1000")
                .withRestart(SOON)
                .withHealth(
                        Optional.of(shell("echo asked >> /srv/asked; ! test -e /srv/index.html", 1000)),
                        Optional.empty(),
                        Optional.of(shell("exit 7", 1)))));
        host.await(r -> reason().startsWith("not yet ready: "));
        int pid = host.status("one").orElseThrow().pid().orElseThrow();
        Path asked = host.inside("one", "/srv/asked");
        long deadlineNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (Files.size(asked) < "asked\n".length() * 5L) {
            assertThat(System.nanoTime()).isLessThan(deadlineNanos);
        }
        assertThat(host.status("one").orElseThrow().pid()).contains(pid);
        Files.delete(host.inside("one", "/srv/index.html"));
        host.await(r -> host.status("one").filter(s -> s.restarts() >= 1).isPresent());
        host.awaitEvent("liveness check failed once: /bin/sh exited 7");
    }

    @Test
    void what_does_not_start_by_its_start_check_is_started_again() throws Exception {
        host.assign(replica(spec("sleep 1000")
                .withRestart(limited(2))
                .withHealth(Optional.of(shell("exit 1", 2)), Optional.empty(), Optional.empty())));
        AllocationStatus over = host.await("one", State.FAILED);
        assertThat(over.reason())
                .startsWith("start limit reached, 2 starts within 10m; last: "
                        + "start check failed 2 times in a row: /bin/sh exited 1; stopped, ");
        awaitNoContainer();
    }

    private void awaitNoContainer() throws IOException {
        long deadlineNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!host.containers().isEmpty()) {
            assertThat(System.nanoTime()).as("%s", host.containers()).isLessThan(deadlineNanos);
        }
    }

    /** Stops the application where it is: the kernel still accepts connections for it. */
    private static void hang(int pidOne) throws IOException, InterruptedException {
        for (ProcessHandle child :
                ProcessHandle.of(pidOne).orElseThrow().children().toList()) {
            assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(child.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        }
    }

    private String reason() {
        return host.status("one").map(AllocationStatus::reason).orElse("");
    }

    private static Allocation replica(ProcessSpec spec) {
        return TestHost.allocation("one", spec);
    }

    private static ProcessSpec spec(String script) {
        return ProcessSpec.of(
                List.of("/bin/sh", "-c", script),
                1,
                Map.of("http", 8080),
                new Resources(0.5, 64 << 20, 64),
                Optional.empty(),
                "SIGTERM",
                Duration.ofSeconds(3));
    }

    private static RestartPolicy limited(int starts) {
        StartLimit limit = new StartLimit(starts, Duration.ofMinutes(10));
        return new RestartPolicy(On.ALWAYS, OFTEN, Duration.ofMillis(300), Optional.of(limit));
    }

    private static Probe http(String path, int failures) {
        return Probe.of(Optional.of(path), "http", OFTEN, Duration.ofSeconds(1), failures);
    }

    private static Probe shell(String script, int failures) {
        return Probe.command(List.of("/bin/sh", "-c", script), OFTEN, PATIENT, failures);
    }
}
