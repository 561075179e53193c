package io.slipway.cli;

import io.slipway.linux.OwnTerminal;
import io.slipway.linux.SyscallException;
import io.slipway.linux.WindowSize;
import io.slipway.sandbox.OpenConsole;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;

/** Our terminal and input while a container has hold of them: keys, what it shows, and the size. */
final class ConsoleRelay implements AutoCloseable {
    private final OpenConsole console;
    private final Optional<OwnTerminal> terminal;
    private final Consumer<String> tell;
    private final Thread output;

    private ConsoleRelay(OpenConsole console, Optional<OwnTerminal> terminal, Consumer<String> tell) {
        this.console = console;
        this.terminal = terminal;
        this.tell = tell;
        output = Thread.ofPlatform()
                .daemon()
                .name("console-output")
                .unstarted(() -> StreamPassing.pass(console.output(), System.out));
    }

    /**
     * Sets our terminal raw, if there is one, until {@link #close}.
     *
     * @param tell is told what goes wrong
     */
    static ConsoleRelay begin(
            OpenConsole console, Optional<OwnTerminal> terminal, boolean interactive, Consumer<String> tell)
            throws SyscallException {
        ConsoleRelay relay = new ConsoleRelay(console, terminal, tell);
        try {
            if (terminal.isPresent() && interactive) {
                terminal.get().makeRaw();
            }
            relay.followSize();
        } catch (SyscallException e) {
            relay.close();
            throw e;
        }
        relay.output.start();
        if (interactive) {
            InputStream from = System.in;
            Thread.ofPlatform()
                    .daemon()
                    .name("console-input")
                    .start(() -> StreamPassing.passInput(from, console.input(), terminal.isPresent()));
        }
        return relay;
    }

    private void followSize() throws SyscallException {
        if (terminal.isPresent()) {
            terminal.get().onResize(this::resize);
            // It may have changed since the container's own was made.
            console.resize(terminal.get().size());
        }
    }

    private void resize(WindowSize size) {
        try {
            console.resize(size);
        } catch (SyscallException e) {
            tell.accept("the container's terminal keeps its old size: " + e.getMessage());
        }
    }

    /** Once the container has ended: returns when all that it showed was passed on. */
    void finish() throws InterruptedException {
        output.join();
    }

    /** Sets our terminal back as it was. The container's stays: what is still typed must not go to a descriptor that has come to mean another file. */
    @Override
    public void close() {
        if (terminal.isPresent()) {
            setBack(terminal.get(), tell);
        }
    }

    static void setBack(OwnTerminal terminal, Consumer<String> tell) {
        try {
            terminal.close();
        } catch (SyscallException e) {
            tell.accept("this terminal could not be set back as it was: " + e.getMessage()
                    + "; if it is still there, type 'reset' and Enter, also unseen");
        }
    }
}
