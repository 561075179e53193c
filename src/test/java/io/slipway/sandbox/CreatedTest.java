package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.checker.Leftovers;
import io.slipway.linux.ProcessIdentity;
import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Containers that are created first, and started later. */
class CreatedTest extends RealContainers {
    private void reopen() throws Exception {
        sandboxes.close();
        sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty());
        sandboxes.adopt();
    }

    private Sandbox found() {
        return sandboxes.find("c1").orElseThrow();
    }

    private Sandbox start(Sandbox created) throws Exception {
        return sandboxes.start(created, Console.NONE, Map.of());
    }

    @Test
    void what_was_created_has_nothing_of_the_kernels_and_runs_once_it_is_started_also_after_its_maker_has_gone()
            throws Exception {
        Leftovers before = Leftovers.now();
        Sandbox created = sandboxes.create(spec("c1", "id -u; exit 4"));
        assertThat(created.state()).isEqualTo(Sandbox.State.CREATED);
        assertThat(before.since(sandboxes.cgroupName())).isEmpty();
        assertThat(before.since(created.directory().path().toString())).isEmpty();
        reopen();
        assertThat(found().state()).isEqualTo(Sandbox.State.CREATED);
        assertThat(found().spec()).isEqualTo(created.spec());
        Sandbox running = start(found());
        assertThat(running.awaitExit(LONG).orElseThrow().code()).isEqualTo(4);
        assertThat(output(running)).isEqualTo("0\n");
        assertThat(running.state()).isEqualTo(Sandbox.State.ENDED);
        assertThat(running.spec().namespaces().user())
                .isEqualTo(created.spec().namespaces().user());
    }

    @Test
    void another_one_gets_neither_its_id_nor_its_ids() throws Exception {
        Sandbox created = sandboxes.create(spec("c1", "true"));
        reopen();
        assertThatThrownBy(() -> sandboxes.create(spec("c1", "true"))).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> sandboxes.start(spec("c1", "true"))).isInstanceOf(FileAlreadyExistsException.class);
        Sandbox other = sandboxes.create(spec("c2", "true"));
        assertThat(other.spec().namespaces().user())
                .isNotEqualTo(created.spec().namespaces().user());
    }

    @Test
    void it_is_neither_signalled_nor_paused_nor_changed_nor_entered_nor_joined_before_it_is_started() throws Exception {
        Sandbox created = sandboxes.create(spec("c1", "true"));
        String why = "was created, not started";
        assertThatThrownBy(created::pause).hasMessageContaining("container c1 cannot be paused: it " + why);
        assertThatThrownBy(() -> created.update(Limits.NONE)).hasMessageContaining(why);
        assertThatThrownBy(() -> created.exec(ExecSpec.of(List.of("/bin/true"))))
                .hasMessageContaining("it does not run: created, not started");
        SandboxSpec joining = spec("c2", "true")
                .withNamespaces(spec("c2", "true")
                        .namespaces()
                        .withJoined(new Namespaces.Joined("c1", List.of(Namespace.NET))));
        assertThatThrownBy(() -> sandboxes.start(joining)).hasMessageContaining("does not run");
        created.signal("SIGTERM");
        assertThat(created.stop("SIGTERM", LONG).kind()).isEqualTo(Exit.Kind.NOT_STARTED);
        assertThat(start(created).awaitExit(LONG).orElseThrow().code()).isZero();
    }

    @Test
    void it_does_not_join_another_of_that_name_that_has_other_ids_by_now() throws Exception {
        Sandbox first = sandboxes.start(spec("c1", "exec sleep 1000"));
        SandboxSpec spec = spec("c2", "true");
        Sandbox joining = sandboxes.create(
                spec.withNamespaces(spec.namespaces().withJoined(new Namespaces.Joined("c1", List.of(Namespace.NET)))));
        sandboxes.remove(first);
        sandboxes.create(spec("c3", "true"));
        sandboxes.start(spec("c1", "exec sleep 1000"));
        assertThatThrownBy(() -> start(joining)).hasMessageContaining("was made anew since, and has other ids");
        assertThat(sandboxes.find("c2").orElseThrow().state()).isEqualTo(Sandbox.State.CREATED);
    }

    @Test
    void where_it_cannot_be_started_it_is_as_it_was_and_can_be_once_that_is_mended() throws Exception {
        Path layer = BusyboxRoot.make(temp.resolve("layer"));
        sandboxes.create(SandboxSpec.of("c1", List.of(layer), List.of("/bin/sh", "-c", "test ! -e /x; echo > /x")));
        Files.move(layer, temp.resolve("moved"));
        Leftovers before = Leftovers.now();
        assertThatThrownBy(() -> start(found())).isInstanceOf(SandboxException.class);
        assertThat(before.since(sandboxes.cgroupName() + "/c1")).isEmpty();
        reopen();
        assertThat(found().state()).isEqualTo(Sandbox.State.CREATED);
        assertThat(found().directory().fs()).doesNotExist();
        Files.move(temp.resolve("moved"), layer);
        assertThat(start(found()).awaitExit(LONG).orElseThrow().code()).isZero();
    }

    @Test
    void one_whose_start_was_cut_off_by_a_kill_is_created_and_no_more() throws Exception {
        Sandbox created = sandboxes.create(spec("c1", "exit 6"));
        created.record()
                .again(Console.NONE, ProcessIdentity.bootId(), new ProcessIdentity(1 << 21, 1))
                .appendWhole(created.directory().state());
        Files.createDirectories(created.directory().fs().resolve("upper/half"));
        reopen();
        assertThat(found().state()).isEqualTo(Sandbox.State.CREATED);
        assertThat(found().directory().fs()).doesNotExist();
        assertThat(start(found()).awaitExit(LONG).orElseThrow().code()).isEqualTo(6);
    }

    @Test
    void a_boot_of_the_host_does_not_matter_to_what_has_written_nothing() throws Exception {
        Sandbox created = sandboxes.create(spec("c1", "exit 6"));
        SandboxRecord record = created.record();
        record.again(Console.NONE, "an earlier boot", record.creator())
                .ended(record.exit().orElseThrow())
                .appendWhole(created.directory().state());
        reopen();
        assertThat(start(found()).awaitExit(LONG).orElseThrow().code()).isEqualTo(6);
    }

    @Test
    void one_that_is_to_be_removed_at_its_end_is_not_removed_before_it_ran() throws Exception {
        sandboxes.create(spec("c1", "exit 6").withAtEnd(SandboxSpec.AtEnd.REMOVE));
        reopen();
        assertThat(start(found()).awaitExit(LONG).orElseThrow().code()).isEqualTo(6);
        reopen();
        assertThat(sandboxes.find("c1")).isEmpty();
    }

    private static StartLock heldElsewhere(Sandbox sandbox) throws Exception {
        FutureTask<StartLock> holding = new FutureTask<>(() -> StartLock.of(sandbox.directory()));
        Thread.ofPlatform().start(holding);
        return holding.get();
    }

    @Test
    void the_lock_of_a_start_is_not_lost_to_this_process_by_asking_for_it_again() throws Exception {
        Sandbox created = sandboxes.create(spec("c1", "true"));
        Path locks = Path.of("/proc/locks");
        try (StartLock _ = StartLock.of(created.directory())) {
            long inode = (Long) Files.getAttribute(created.directory().starting(), "unix:ino");
            try (StartLock _ = StartLock.of(created.directory())) {
                assertThat(Files.readString(locks)).contains(":" + inode + " ");
            }
            FutureTask<StartLock> other = new FutureTask<>(() -> StartLock.of(created.directory()));
            Thread.ofPlatform().start(other);
            assertThatThrownBy(other::get).hasCauseInstanceOf(StartLock.Held.class);
            assertThat(Files.readString(locks)).contains(":" + inode + " ");
        }
    }

    /** As it was left by who was killed before it let the process go. */
    @Test
    void what_never_ran_is_as_it_was_created_whatever_else_was_written_of_it() throws Exception {
        Sandbox created = sandboxes.create(spec("c1", "exit 6"));
        Path state = created.directory().state();
        ProcessIdentity gone = new ProcessIdentity(4_194_303, 1);
        SandboxRecord starting = created.record().again(Console.NONE, ProcessIdentity.bootId(), gone);
        starting.appendWhole(state);
        SandboxRecord running = starting.running(gone, Optional.empty(), Instant.now());
        running.append(state);
        running.limited(Limits.of(64 << 20, 1, 9)).appendWithSpec(state);
        starting.running(new ProcessIdentity(4_194_302, 1), Optional.empty(), Instant.now())
                .ended(new Exit(Exit.Kind.EXITED, 5, 0, "exited 5", Instant.now()))
                .append(state);
        reopen();
        assertThat(found().state()).isEqualTo(Sandbox.State.CREATED);
        assertThat(start(found()).awaitExit(LONG).orElseThrow().code()).isEqualTo(6);
    }

    @Test
    void while_one_process_starts_it_another_does_not() throws Exception {
        Sandbox created = sandboxes.create(spec("c1", "exit 6"));
        try (StartLock _ = heldElsewhere(created)) {
            assertThatThrownBy(() -> start(created))
                    .hasMessage("container c1 is just being started or removed by somebody else");
        }
        assertThat(start(created).awaitExit(LONG).orElseThrow().code()).isEqualTo(6);
    }

    @Test
    void a_limit_beyond_what_the_host_has_is_refused_when_it_is_created() throws Exception {
        Limits limits = Limits.of(64 << 20, 100_000, 9);
        assertThatThrownBy(() -> sandboxes.create(spec("c1", "true").withLimits(limits)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(temp.resolve("state/c1")).doesNotExist();
    }

    @Test
    void who_still_holds_it_as_it_was_created_does_not_start_it_once_more() throws Exception {
        Sandbox created = sandboxes.create(spec("c1", "exec sleep 1000"));
        Sandbox running = start(created);
        assertThatThrownBy(() -> start(created)).hasMessageContaining("container c1 runs");
        assertThat(found()).isSameAs(running);
        sandboxes.remove(running);
        assertThatThrownBy(() -> start(created)).hasMessage("container c1 has been removed");
    }

    @Test
    void what_another_process_starts_or_has_started_meanwhile_is_not_taken_away() throws Exception {
        sandboxes.close();
        sandboxes = Sandboxes.openShared(temp.resolve("state"), "test", Optional.empty());
        Sandbox created = sandboxes.create(spec("c1", "true"));
        try (StartLock _ = heldElsewhere(created)) {
            assertThatThrownBy(() -> sandboxes.remove(created)).hasMessageContaining("just being started or removed");
        }
        Process other = new ProcessBuilder("sleep", "1000").start();
        SandboxRecord running = created.record()
                .again(Console.NONE, ProcessIdentity.bootId(), ProcessIdentity.self())
                .running(ProcessIdentity.of((int) other.pid()).orElseThrow(), Optional.empty(), Instant.now());
        running.appendWhole(created.directory().state());
        assertThatThrownBy(() -> sandboxes.remove(created))
                .hasMessage("container c1 has just been started by somebody else");
        assertThat(other.isAlive()).isTrue();
        assertThat(found().state()).isEqualTo(Sandbox.State.RUNNING);
        other.destroyForcibly().waitFor();
        assertThat(found().awaitExit(LONG)).isPresent();
        sandboxes.remove(found());
        assertThat(created.directory().path()).doesNotExist();
    }
}
