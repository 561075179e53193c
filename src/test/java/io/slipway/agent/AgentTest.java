package io.slipway.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.MetricWindow;
import io.slipway.placement.Allocation;
import io.slipway.placement.AllocationStatus;
import io.slipway.placement.AllocationStatus.State;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentTest {
    private static final Allocation ONE = TestHost.server("web-1");
    private static final Allocation TWO = TestHost.server("web-2");
    private final Map<String, Integer> pids = new HashMap<>();
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
    void a_replica_is_started_found_ready_and_served() throws Exception {
        serve(ONE);
        assertThat(host.get("/").body()).isEqualTo("hello\n");
        assertThat(host.await(r -> !r.images().isEmpty()).images()).containsEntry("busybox", "sha256:0");
    }

    @Test
    void an_agent_with_one_thread_for_all_its_work_goes_on_while_it_ends_replicas() throws Exception {
        host.killAgent();
        host.startAgentWith("-Djdk.virtualThreadScheduler.parallelism=1");
        serve(ONE, TWO);
        host.assign();
        host.await(r -> r.allocations().isEmpty());
    }

    @Test
    void a_container_finds_a_service_by_its_name_also_while_the_agent_is_dead() throws Exception {
        serve(ONE, TWO);
        String[] names = {"http://web/", "http://web.slipway.internal/"};
        for (String name : names) {
            assertThat(fromInside("web-2", "/bin/busybox", "wget", "-q", "-O", "-", name))
                    .isEqualTo("hello\n");
        }
        assertThat(fromInside("web-2", "/bin/cat", "/etc/resolv.conf"))
                .startsWith("nameserver " + gateway() + "\nsearch slipway.internal");
        host.killAgent();
        for (String name : names) {
            assertThat(fromInside("web-2", "/bin/busybox", "wget", "-q", "-O", "-", name))
                    .isEqualTo("hello\n");
        }
    }

    /** The host's end of the containers' network. */
    private String gateway() throws Exception {
        return fromInside("web-2", "/bin/busybox", "ip", "route").split(" ")[2];
    }

    /** What a command of the image says in a replica's network and with its files. */
    private String fromInside(String id, String... command) throws Exception {
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", "" + pids.get(id), "-n", "-m"));
        line.addAll(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + said)
                .isZero();
        return said;
    }

    @Test
    void a_killed_agent_takes_over_what_it_ran_and_starts_no_twin() throws Exception {
        serve(ONE);
        AllocationStatus before = host.status("web-1").orElseThrow();
        List<String> containers = host.containers();
        host.killAgent();
        assertThat(host.get("/").statusCode()).isEqualTo(200);
        host.startAgent();
        AllocationStatus after = host.await("web-1", State.READY);
        assertThat(after.pid()).isEqualTo(before.pid());
        assertThat(after.startedAt()).isEqualTo(before.startedAt());
        assertThat(host.containers()).isEqualTo(containers);
    }

    @Test
    void killed_while_it_makes_containers_it_ends_up_with_one_of_each() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        host.await(r -> true);
        host.assign(ONE, TWO);
        for (int round = 0; round < 4; round++) {
            long untilNanos = System.nanoTime() + random.nextInt(600) * 1_000_000L;
            while (System.nanoTime() < untilNanos) {
                Thread.onSpinWait();
            }
            host.killAgent();
            host.startAgent();
        }
        host.await("web-1", State.READY);
        host.await("web-2", State.READY);
        assertThat(host.containers())
                .as("seed %d", seed)
                .hasSize(2)
                .anyMatch(c -> c.startsWith("a-web-1-"))
                .anyMatch(c -> c.startsWith("a-web-2-"));
    }

    @Test
    void an_exit_of_42_while_the_agent_is_dead_is_reported_as_42() throws Exception {
        Allocation ends = TestHost.allocation("ends", Optional.empty(), "/bin/sh", "-c", "sleep 3; exit 42");
        host.assign(ends);
        int pid = host.await("ends", State.READY).pid().orElseThrow();
        host.killAgent();
        Optional<ProcessHandle> running = ProcessHandle.of(pid);
        assertThat(running).as("it runs when the agent is dead already").isPresent();
        running.orElseThrow().onExit().join();
        host.startAgent();
        AllocationStatus status = host.await(r ->
                        host.status("ends").flatMap(AllocationStatus::exitCode).isPresent())
                .allocations()
                .getFirst();
        assertThat(status.exitCode()).contains(42);
        assertThat(status.reason()).contains("exited 42");
    }

    @Test
    void what_ends_is_started_again_and_counted() throws Exception {
        host.assign(TestHost.allocation("fails", Optional.empty(), "/bin/sh", "-c", "sleep 0.2; exit 3"));
        // The reason is of the moment, and "starting" follows soon; but it ends again and again.
        AllocationStatus again = host.await(r -> host.status("fails")
                        .filter(s -> s.restarts() >= 1 && s.reason().contains("exited 3"))
                        .isPresent())
                .allocations()
                .getFirst();
        assertThat(again.exitCode()).contains(3);
    }

    @Test
    void a_removed_replica_answers_what_it_had_begun() throws Exception {
        serve(ONE, TWO);
        CompletableFuture<HttpResponse<String>> first = host.begin("/cgi-bin/slow");
        CompletableFuture<HttpResponse<String>> second = host.begin("/cgi-bin/slow");
        host.awaitInFlight(1, "web-1", "web-2");
        host.assign(TWO);
        host.await(r -> host.status("web-1").isEmpty());
        // Each by the replica that had begun it: the edge would hide a loss by asking the other one.
        assertThat(List.of(first.get().body(), second.get().body()))
                .anyMatch(answer -> answer.startsWith("whole a-web-1-"))
                .anyMatch(answer -> answer.startsWith("whole a-web-2-"));
        assertThat(host.containers()).hasSize(1).allMatch(c -> c.startsWith("a-web-2-"));
    }

    @Test
    void an_older_leader_and_an_older_generation_change_nothing() throws Exception {
        host.assign(5, ONE);
        host.await("web-1", State.READY);
        AssignmentFile file = new AssignmentFile(host.directory.resolve("agent/assignments.json"));
        assertThat(file.offer(host.assignments(4, 9))).isFalse();
        assertThat(file.offer(host.assignments(5, 1))).isFalse();
        assertThat(file.offer(host.assignments(6, 0))).isFalse();
        assertThat(file.last().orElseThrow().run().allocations()).containsExactly(ONE);
        assertThat(file.offer(host.assignments(6, 1))).isTrue();
    }

    @Test
    void without_assignments_what_runs_is_left_alone_until_there_are_some() throws Exception {
        serve(ONE);
        List<String> containers = host.containers();
        host.killAgent();
        Files.delete(host.directory.resolve("agent/assignments.json"));
        Files.createDirectories(host.directory.resolve("agent"));
        host.startAgent();
        // The played controller still has the last assignments: they list it, and it is taken over.
        host.await("web-1", State.READY);
        assertThat(host.containers()).isEqualTo(containers);
        host.killAgent();
        Files.delete(host.directory.resolve("agent/assignments.json"));
        host.assign(TWO);
        host.startAgent();
        host.await("web-2", State.READY);
        host.await(r -> host.status("web-1").isEmpty());
        assertThat(host.containers()).hasSize(1).allMatch(c -> c.startsWith("a-web-2-"));
    }

    @Test
    void an_edge_that_forgot_its_routes_gets_them_again() throws Exception {
        serve(ONE);
        host.restartEdgeWithoutRoutes();
        long deadlineNanos = System.nanoTime() + 60_000_000_000L;
        while (host.get("/").statusCode() != 200) {
            assertThat(System.nanoTime()).isLessThan(deadlineNanos);
        }
    }

    @Test
    void each_request_is_in_one_window_also_across_the_agents_death() throws Exception {
        serve(ONE);
        int requests = 40;
        for (int i = 0; i < requests; i++) {
            if (i == 20) {
                host.killAgent();
            }
            assertThat(host.get("/").statusCode()).isEqualTo(200);
        }
        host.startAgent();
        host.await(r -> counted() >= requests);
        assertThat(counted()).isEqualTo(requests);
        List<MetricWindow> windows = host.windows();
        assertThat(windows.stream().mapToLong(w -> w.latency().total()).sum()).isEqualTo(requests);
        assertThat(windows).allMatch(w -> w.errors() == 0);
        assertThat(windows.stream().mapToDouble(MetricWindow::cpuSeconds).sum()).isPositive();
        // What replicas send to the host's own edge leaves it only as an answer.
        assertThat(windows.stream().mapToDouble(MetricWindow::egress).sum()).isEqualTo(requests * "hello\n".length());
        // All requests may lie in a window that was cut before the replica was known again.
        host.await(r -> host.windows().stream().anyMatch(window -> window.replicas() == 1 && window.warmingUp()));
    }

    private long counted() {
        return host.windows().stream().mapToLong(MetricWindow::requests).sum();
    }

    /** Runs them until they are ready and the edge routes to them. */
    private void serve(Allocation... allocations) throws Exception {
        host.assign(allocations);
        for (Allocation allocation : allocations) {
            String id = allocation.id().value();
            pids.put(id, host.await(id, State.READY).pid().orElseThrow());
        }
        host.awaitApplied(host.assign(allocations));
    }
}
