package io.slipway.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandoverTest {
    private static final int SOCKET = 3;

    @TempDir
    Path temp;

    private final List<Descriptor> opened = new ArrayList<>();

    private Path file(int number) {
        return temp.resolve("file" + number);
    }

    /** Writes its number to each file that it is given, is given one more, and executes something that is harmless. */
    private SyscallProgram writing(Handover handover, List<Argument> promised, Handover next) {
        Argument last = next.promise("last");
        SyscallProgram program = new SyscallProgram();
        for (int number = 0; number < Handover.FIRST; number++) {
            program.call(
                    SyscallNumber.DUP3,
                    Argument.descriptor(handover.childs()),
                    Argument.number(number),
                    Argument.number(0));
        }
        program.call(
                SyscallNumber.CLOSE_RANGE,
                Argument.number(Handover.FIRST),
                Argument.number(0xffffffffL),
                Argument.number(0));
        handover.receives(SOCKET).forEach(arguments -> program.call(SyscallNumber.RECVMSG, arguments));
        for (int i = 0; i < promised.size(); i++) {
            byte[] text = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
            program.call(SyscallNumber.WRITE, promised.get(i), Argument.bytes(text, ""), Argument.number(text.length));
        }
        program.call(
                SyscallNumber.CLOSE_RANGE,
                Argument.number(Handover.FIRST),
                Argument.number(0xffffffffL),
                Argument.number(0));
        next.receives(SOCKET).forEach(arguments -> program.call(SyscallNumber.RECVMSG, arguments));
        program.call(SyscallNumber.WRITE, last, Argument.bytes(new byte[] {'!'}, ""), Argument.number(1));
        program.call(
                SyscallNumber.EXECVE,
                Argument.text("/bin/true"),
                Argument.texts(List.of("true")),
                Argument.texts(List.of()));
        return program;
    }

    private void handOver(int count) throws Exception {
        try (Handover handover = new Handover()) {
            Handover next = handover.next();
            List<Argument> promised = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                promised.add(handover.promise(file(i).toString()));
            }
            Spawn.Request request = new Spawn.Request(
                    writing(handover, promised, next), 0, Path.of("/"), Optional.empty(), Duration.ofSeconds(30));
            Spawn.Spawned spawned = Spawn.run(
                    request,
                    List.of(),
                    () -> {
                        for (int i = 0; i < count; i++) {
                            opened.add(Syscalls.open(file(i), Syscalls.O_WRONLY | Syscalls.O_CREAT, 0600));
                        }
                    },
                    child -> {
                        handover.give(opened);
                        try (Descriptor last =
                                Syscalls.open(temp.resolve("last"), Syscalls.O_WRONLY | Syscalls.O_CREAT, 0600)) {
                            next.give(List.of(last));
                        }
                    });
            Syscalls.awaitEnd(spawned.pidfd());
            spawned.pidfd().close();
            opened.forEach(Descriptor::close);
            assertThat(temp.resolve("last")).hasContent("!");
        }
    }

    @Test
    void what_was_opened_after_the_child_was_made_is_where_it_was_promised() throws Exception {
        handOver(3);
        for (int i = 0; i < 3; i++) {
            assertThat(file(i)).hasContent(Integer.toString(i));
        }
    }

    @Test
    void more_than_go_into_one_message_come_in_order() throws Exception {
        int count = DescriptorMessage.DESCRIPTORS_MAX + 7;
        handOver(count);
        for (int i = 0; i < count; i++) {
            assertThat(file(i)).hasContent(Integer.toString(i));
        }
    }

    @Test
    void a_child_that_is_given_nothing_goes_on() throws Exception {
        handOver(0);
        try (var files = Files.list(temp)) {
            assertThat(files).containsExactly(temp.resolve("last"));
        }
    }

    @Test
    void other_descriptors_than_were_promised_are_not_given() throws Exception {
        try (Handover handover = new Handover()) {
            handover.promise("one");
            assertThatThrownBy(() -> handover.give(List.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("1 descriptors were promised, not 0");
        }
    }
}
