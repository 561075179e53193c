package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.ProcessIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Containers that are started again. */
class RestartTest extends RealContainers {
    @Test
    void what_is_started_again_has_its_files_its_ids_and_its_log_and_an_end_of_its_own() throws Exception {
        Sandbox first = sandboxes.start(spec("c1", "echo x >> /n; wc -l < /n; id -u; exit $(wc -l < /n)"));
        assertThat(first.awaitExit(LONG).orElseThrow().code()).isEqualTo(1);
        Sandbox second = sandboxes.start(first, Console.NONE, Map.of());
        assertThat(second.awaitExit(LONG).orElseThrow().code()).isEqualTo(2);
        Sandbox third = sandboxes.start(second, Console.NONE, Map.of());
        assertThat(third.awaitExit(LONG).orElseThrow().code()).isEqualTo(3);
        assertThat(third.spec()).isEqualTo(first.spec());
        until(third::collectLog);
        List<String> lines = new ArrayList<>();
        try (var log = third.readLog()) {
            for (var next = log.next(); next.isPresent(); next = log.next()) {
                lines.add(next.get().text());
            }
        }
        assertThat(lines).containsExactly("1", "0", "2", "0", "3", "0");
        assertThat(sandboxes.find("c1")).containsSame(third);
    }

    @Test
    void an_end_that_pid_1_could_not_write_down_is_not_taken_from_the_run_before() throws Exception {
        Sandbox first = sandboxes.start(spec("c1", "test -e /n && exec sleep 1000; touch /n; exit 7"));
        assertThat(first.awaitExit(LONG).orElseThrow().code()).isEqualTo(7);
        Sandbox second = sandboxes.start(first, Console.NONE, Map.of());
        until(() -> second.processes().size() == 2);
        ProcessHandle.of(second.pid()).orElseThrow().destroyForcibly();
        assertThat(second.awaitExit(LONG).orElseThrow().code()).isNotEqualTo(7);
    }

    @Test
    void what_runs_is_not_started_again_and_what_cannot_be_stays_ended_as_it_was() throws Exception {
        Sandbox running = sandboxes.start(spec("c1", "exec sleep 1000"));
        assertThatThrownBy(() -> sandboxes.start(running, Console.NONE, Map.of()))
                .hasMessageContaining("c1 runs");
        Path gone = BusyboxRoot.make(temp.resolve("gone"));
        Sandbox ended = sandboxes.start(SandboxSpec.of("c2", List.of(gone), List.of("/bin/sh", "-c", "exit 5")));
        assertThat(ended.awaitExit(LONG).orElseThrow().code()).isEqualTo(5);
        Files.move(gone, temp.resolve("moved"));
        assertThatThrownBy(() -> sandboxes.start(ended, Console.NONE, Map.of())).isInstanceOf(SandboxException.class);
        sandboxes.close();
        sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty());
        sandboxes.adopt();
        assertThat(sandboxes.find("c2").orElseThrow().exit().orElseThrow().code())
                .isEqualTo(5);
        assertThat(sandboxes.find("c1").orElseThrow().state()).isEqualTo(Sandbox.State.RUNNING);
    }

    @Test
    void what_was_let_go_already_and_could_not_be_executed_stays_ended_as_it_was() throws Exception {
        Path layer = BusyboxRoot.make(temp.resolve("layer"));
        Sandbox ended = sandboxes.start(SandboxSpec.of("c1", List.of(layer), List.of("/bin/sh", "-c", "exit 5")));
        ended.awaitExit(LONG);
        Files.move(layer.resolve("bin"), temp.resolve("moved"));
        assertThatThrownBy(() -> sandboxes.start(ended, Console.NONE, Map.of())).isInstanceOf(SandboxException.class);
        assertThat(SandboxRecord.read(ended.directory().state())
                        .exit()
                        .orElseThrow()
                        .text())
                .isEqualTo("exited 5");
    }

    @Test
    void one_whose_restart_was_cut_off_by_a_kill_is_found_ended_with_its_files() throws Exception {
        Sandbox ended = sandboxes.start(spec("c1", "echo kept > /kept; exit 5"));
        ended.awaitExit(LONG);
        ended.writeDown();
        ProcessIdentity dead = new ProcessIdentity(1 << 21, 1);
        ended.record()
                .again(Console.NONE, ProcessIdentity.bootId(), dead)
                .appendWhole(ended.directory().state());
        sandboxes.close();
        sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty());
        sandboxes.adopt();
        Sandbox found = sandboxes.find("c1").orElseThrow();
        assertThat(found.exit().orElseThrow().code()).isEqualTo(5);
        assertThat(found.directory().fs().resolve("upper/kept")).hasContent("kept");
        assertThat(SandboxRecord.read(found.directory().state()).phase()).isEqualTo(SandboxRecord.Phase.ENDED);
    }

    @Test
    void an_earlier_end_that_is_written_down_late_does_not_end_what_runs() throws Exception {
        Sandbox first = sandboxes.start(spec("c1", "test -e /n && exec sleep 1000; touch /n; exit 7"));
        first.awaitExit(LONG);
        first.writeDown();
        SandboxRecord end = first.record();
        Sandbox second = sandboxes.start(first, Console.NONE, Map.of());
        end.append(second.directory().state());
        assertThat(SandboxRecord.read(second.directory().state()).phase()).isEqualTo(SandboxRecord.Phase.RUNNING);
        second.kill();
        second.writeDown();
        assertThat(SandboxRecord.read(second.directory().state())
                        .exit()
                        .orElseThrow()
                        .text())
                .isEqualTo("killed by SIGKILL");
    }

    @Test
    void one_that_was_removed_meanwhile_is_stopped_as_it_ended() throws Exception {
        Sandbox one = sandboxes.start(spec("c1", "exit 3"));
        one.awaitExit(LONG);
        sandboxes.remove(one);
        assertThat(one.stop("SIGTERM", LONG).code()).isEqualTo(3);
    }

    @Test
    void one_that_ended_under_another_boot_is_not_started_again_as_its_layer_was_not_synced() throws Exception {
        Sandbox ended = sandboxes.start(spec("c1", "exit 3"));
        Exit exit = ended.awaitExit(LONG).orElseThrow();
        ProcessIdentity creator = ended.record().creator();
        ended.writeDown();
        SandboxRecord earlier = ended.record().again(Console.NONE, "an earlier boot", creator);
        earlier.appendWhole(ended.directory().state());
        earlier.ended(exit).append(ended.directory().state());
        sandboxes.close();
        sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty());
        sandboxes.adopt();
        Sandbox before = sandboxes.find("c1").orElseThrow();
        assertThatThrownBy(() -> sandboxes.start(before, Console.NONE, Map.of()))
                .hasMessageContaining("ended with its host");
    }

    @Test
    void it_is_not_started_again_once_that_was_forgone_or_it_was_removed() throws Exception {
        Sandbox one = sandboxes.start(spec("c1", "exit 0"));
        Sandbox two = sandboxes.start(spec("c2", "exit 0"));
        one.awaitExit(LONG);
        two.awaitExit(LONG);
        assertThat(one.restartsForgone()).isFalse();
        one.forgoRestarts();
        assertThat(one.restartsForgone()).isTrue();
        sandboxes.remove(two);
        assertThat(two.restartsForgone()).isTrue();
        two.forgoRestarts();
    }

    @Test
    void what_its_keeper_says_is_read_as_it_was_said_and_nothing_of_what_was_removed() throws Exception {
        Sandbox one = sandboxes.start(spec("c1", "exit 0"));
        one.awaitExit(LONG);
        assertThat(one.supervision()).isEmpty();
        Supervision said = Supervision.begin("always", true).restarted(2).found("unhealthy", "why");
        one.supervised(said);
        assertThat(one.supervision()).contains(said);
        assertThat(said.active()).isTrue();
        sandboxes.remove(one);
        one.supervised(said);
        assertThat(one.supervision()).isEmpty();
    }
}
