package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.PidOne;
import io.slipway.linux.PseudoTerminal;
import io.slipway.linux.Spawn;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** What is made of a container's {@link Console} while that is being started. */
final class LaunchedConsole implements AutoCloseable {
    private static final int TTY_GROUP = 5;
    private final Console console;
    private final PidOne kind;
    private Optional<Descriptor> pidOne = Optional.empty();
    private Optional<PseudoTerminal> terminal = Optional.empty();

    /** @param kind of the pid 1 that its application needs */
    LaunchedConsole(Console console, PidOne kind) {
        this.console = console;
        this.kind = kind;
    }

    /** The pid 1 that it needs: mostly the usual one. */
    Descriptor pidOne(Descriptor usual) throws IOException {
        if (kind.equals(PidOne.PLAIN)) {
            return usual;
        }
        Descriptor made = Syscalls.sealedExecutable("slipway-pid1", kind.executable());
        pidOne = Optional.of(made);
        return made;
    }

    /**
     * Makes the terminal, if there is to be one, in the root of the child once that has come so far.
     *
     * @param uid who is to own it, a number of the host
     * @param shift the host's number of the container's root
     */
    void make(Spawn.Waiting child, ContainerProgram program, int uid, int shift, Duration patience) throws IOException {
        if (program.rooted().isPresent()) {
            child.await(program.rooted().get(), patience);
            terminal = Optional.of(PseudoTerminal.in(
                    child.pid(), uid, shift + TTY_GROUP, console.terminal().orElseThrow()));
        }
    }

    /** Lets the child go on, with the terminal if there is one. */
    void letGo(ChildFiles files) throws SyscallException {
        // Within a plan it was not made.
        Optional<Descriptor> slave = terminal.map(PseudoTerminal::slave)
                .or(() -> console.terminal().map(_ -> PseudoTerminal.plannedSlave()));
        files.giveLast(slave);
        terminal.ifPresent(PseudoTerminal::givenAway);
    }

    /** Of a container that was started; the caller's from here on. Empty if it has none. */
    Optional<OpenConsole> open(ChildFiles files, int pid) throws IOException {
        Optional<Descriptor> input = files.takeInput();
        if (terminal.isEmpty() && input.isEmpty()) {
            return Optional.empty();
        }
        Descriptor process = Syscalls.pidfdOpen(pid);
        OpenConsole opened = terminal.isPresent()
                ? OpenConsole.of(terminal.get(), process)
                : OpenConsole.of(input.orElseThrow(), process);
        terminal = Optional.empty();
        return Optional.of(opened);
    }

    /** What was not {@link #open opened}. */
    @Override
    public void close() {
        pidOne.ifPresent(Descriptor::close);
        terminal.ifPresent(PseudoTerminal::close);
    }
}
