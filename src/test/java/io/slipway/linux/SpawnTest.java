package io.slipway.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpawnTest {
    private static Spawn.Request request(SyscallProgram program, Duration deadline) {
        return new Spawn.Request(program, 0, Path.of("/"), Optional.empty(), deadline);
    }

    @Test
    void a_failed_call_is_named_with_its_arguments_and_the_child_is_collected() {
        SyscallProgram program = new SyscallProgram();
        program.call(SyscallNumber.MKDIRAT, Argument.number(-100), Argument.text("/proc/none"), Argument.octal(0755));
        int[] pid = new int[1];
        assertThatThrownBy(() -> Spawn.run(request(program, Duration.ofSeconds(60)), child -> pid[0] = child.pid()))
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("mkdirat(-100, \"/proc/none\", 0755) = ENOENT");
        assertThat(Path.of("/proc/" + pid[0])).doesNotExist();
    }

    @Test
    void a_child_that_never_reaches_exec_is_killed_at_the_deadline() throws IOException {
        Descriptor[] pipe = Syscalls.pipe();
        SyscallProgram program = new SyscallProgram();
        program.call(
                SyscallNumber.READ, Argument.descriptor(pipe[0]), Argument.bytes(new byte[1], ""), Argument.number(1));
        int[] pid = new int[1];
        assertThatThrownBy(() -> Spawn.run(request(program, Duration.ofMillis(200)), child -> pid[0] = child.pid()))
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("did not reach exec within 200 ms");
        assertThat(Path.of("/proc/" + pid[0])).doesNotExist();
        pipe[0].close();
        pipe[1].close();
    }

    @Test
    void the_call_that_failed_is_named_although_the_parent_met_with_its_consequence_first() {
        SyscallProgram program = new SyscallProgram();
        program.call(SyscallNumber.MKDIRAT, Argument.number(-100), Argument.text("/proc/none"), Argument.octal(0755));
        assertThatThrownBy(() -> Spawn.run(request(program, Duration.ofSeconds(60)), child -> {
                    while (ProcessIdentity.of(child.pid()).isPresent()) {
                        Thread.onSpinWait();
                    }
                    throw new IOException("it ended");
                }))
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("\"/proc/none\", 0755) = ENOENT");
    }

    @Test
    void a_child_that_was_let_go_and_fails_is_collected() throws Exception {
        SyscallProgram program = new SyscallProgram();
        program.call(SyscallNumber.MKDIRAT, Argument.number(-100), Argument.text("/proc/none"), Argument.octal(0755));
        Spawn.Begun begun = Spawn.begin(request(program, Duration.ofSeconds(60)), List.of(), child -> {});
        try (Descriptor _ = begun.pidfd()) {
            assertThatThrownBy(() -> begun.awaitExec(Duration.ofSeconds(30)))
                    .isInstanceOf(SpawnException.class)
                    .hasMessageContaining("\"/proc/none\", 0755) = ENOENT");
            assertThat(Path.of("/proc/" + begun.pid())).doesNotExist();
        }
    }

    @Test
    void a_child_that_was_let_go_and_does_not_come_to_exec_is_killed_and_collected() throws Exception {
        Descriptor[] pipe = Syscalls.pipe();
        SyscallProgram program = new SyscallProgram();
        program.call(
                SyscallNumber.READ, Argument.descriptor(pipe[0]), Argument.bytes(new byte[1], ""), Argument.number(1));
        Spawn.Begun begun = Spawn.begin(request(program, Duration.ofSeconds(60)), List.of(), child -> {});
        try (Descriptor _ = begun.pidfd()) {
            assertThatThrownBy(() -> begun.awaitExec(Duration.ofMillis(200)))
                    .isInstanceOf(SpawnException.class)
                    .hasMessageContaining("did not come to exec within 200 ms");
            assertThat(Path.of("/proc/" + begun.pid())).doesNotExist();
        }
        pipe[0].close();
        pipe[1].close();
    }

    @Test
    void what_the_parent_throws_ends_the_child() {
        SyscallProgram program = new SyscallProgram();
        program.call(SyscallNumber.READ, Argument.number(0), Argument.bytes(new byte[1], ""), Argument.number(0));
        assertThatThrownBy(() -> Spawn.run(request(program, Duration.ofSeconds(60)), child -> {
                    throw new IOException("no address left");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no address left");
    }

    @Test
    void what_the_parent_throws_while_the_child_is_being_made_ends_it() throws Exception {
        Descriptor[] pipe = Syscalls.pipe();
        SyscallProgram program = new SyscallProgram();
        program.call(SyscallNumber.READ, Argument.number(0), Argument.bytes(new byte[1], ""), Argument.number(0));
        program.call(SyscallNumber.PPOLL, Argument.none(), Argument.number(0), Argument.none(), Argument.none());
        assertThatThrownBy(() -> Spawn.run(
                        request(program, Duration.ofSeconds(60)),
                        List.of(),
                        () -> {
                            throw new IOException("the disk is full");
                        },
                        child -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is full");
        pipe[1].close();
        // Its own copy of the write end is gone with it.
        assertThat(Poll.awaitEnd(pipe[0], Duration.ofSeconds(30))).isTrue();
        pipe[0].close();
    }

    @Test
    void an_executable_in_memory_runs_with_its_arguments() throws Exception {
        Descriptor pidOne = Syscalls.sealedExecutable("pid1", PidOne.PLAIN.executable());
        Path status = java.nio.file.Files.createTempFile("slipway", "status");
        Descriptor file = Syscalls.open(status, Syscalls.O_WRONLY | Syscalls.O_APPEND, 0);
        SyscallProgram program = new SyscallProgram();
        program.call(SyscallNumber.DUP3, Argument.descriptor(file), Argument.number(3), Argument.number(0));
        program.call(
                SyscallNumber.EXECVEAT,
                Argument.descriptor(pidOne),
                Argument.text(""),
                Argument.texts(List.of("/bin/sh", "sh", "-c", "exit $CODE")),
                Argument.texts(List.of("CODE=42")),
                Argument.number(0x1000));
        Spawn.Spawned spawned = Spawn.run(request(program, Duration.ofSeconds(60)), child -> {});
        try (DescriptorWatcher watcher = new DescriptorWatcher("test")) {
            var ended = new java.util.concurrent.CompletableFuture<Void>();
            watcher.watch(spawned.pidfd(), DescriptorWatcher.News.END, () -> ended.complete(null));
            ended.get(60, java.util.concurrent.TimeUnit.SECONDS);
        }
        assertThat(Syscalls.reap(spawned.pidfd())).contains(0);
        PidOne.Record record = PidOne.PLAIN
                .lastRecord(java.nio.file.Files.readAllBytes(status))
                .orElseThrow();
        assertThat(record.waitStatus()).contains(42 << 8);
        assertThat(record.calls()).extracting(CallResult::call).contains("clone", "execve", "wait4");
        java.nio.file.Files.delete(status);
        file.close();
        pidOne.close();
        spawned.pidfd().close();
    }
}
