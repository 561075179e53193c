package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.DescriptorInput;
import io.slipway.linux.DescriptorOutput;
import io.slipway.linux.PseudoTerminal;
import io.slipway.linux.SyscallException;
import io.slipway.linux.WindowSize;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Our side of a container's {@link Console}, of which it has hold as long as this is open: then a terminal hangs up, and an input ends. Its streams
 * are to be used from platform threads: they block.
 */
public final class OpenConsole implements AutoCloseable {
    private final Optional<PseudoTerminal> terminal;
    private final Descriptor ours;
    private final Descriptor pidOne;
    private final OutputStream input;
    private final InputStream output;

    private OpenConsole(Optional<PseudoTerminal> terminal, Descriptor ours, Descriptor pidOne) {
        this.terminal = terminal;
        this.ours = ours;
        this.pidOne = pidOne;
        input = new DescriptorOutput(ours);
        output = terminal.isPresent() ? new DescriptorInput(ours, pidOne) : InputStream.nullInputStream();
    }

    /** @param pidOne pidfd of the container's first process, closed with this */
    static OpenConsole of(PseudoTerminal terminal, Descriptor pidOne) {
        return new OpenConsole(Optional.of(terminal), terminal.master(), pidOne);
    }

    /** @param pipe what the container reads is written there */
    static OpenConsole of(Descriptor pipe, Descriptor pidOne) {
        return new OpenConsole(Optional.empty(), pipe, pidOne);
    }

    /** Read by the container; to be closed when there is no more, but for a terminal, where it is what is typed. */
    public OutputStream input() {
        return input;
    }

    /** What comes out of the terminal, until the container has ended; without a terminal nothing, as all goes to its log. */
    public InputStream output() {
        return output;
    }

    /** Does nothing without a terminal. */
    public void resize(WindowSize size) throws SyscallException {
        if (terminal.isPresent()) {
            terminal.get().resize(size);
        }
    }

    @Override
    public void close() {
        terminal.ifPresent(PseudoTerminal::close);
        ours.close();
        pidOne.close();
    }
}
