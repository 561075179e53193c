package io.slipway.sandbox;

import io.slipway.linux.CallResult;
import io.slipway.linux.Descriptor;
import io.slipway.linux.DescriptorInput;
import io.slipway.linux.DescriptorOutput;
import io.slipway.linux.PseudoTerminal;
import io.slipway.linux.Signal;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import io.slipway.linux.WindowSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A command that was executed in a container. It goes on when this is closed, and without the agent; it ends with the container. Its streams are to
 * be used from platform threads: they block. May be used by several threads.
 */
public final class Exec implements AutoCloseable {
    private final int pid;
    private final Descriptor pidfd;
    private final Supplier<List<CallResult>> calls;
    private final Optional<PseudoTerminal> terminal;
    private final OutputStream input;
    private final InputStream output;
    private final InputStream error;
    private final CompletableFuture<Exit> exit;
    private final CompletableFuture<Void> collected;

    Exec(
            int pid,
            Descriptor pidfd,
            Supplier<List<CallResult>> calls,
            ExecSpec spec,
            ExecFiles files,
            ExecEnding ending) {
        this.pid = pid;
        this.pidfd = pidfd;
        this.calls = calls;
        terminal = files.terminal();
        List<Descriptor> ours = files.ours();
        if (terminal.isPresent()) {
            input = new DescriptorOutput(ours.getFirst());
            output = new DescriptorInput(ours.getFirst(), pidfd);
            error = InputStream.nullInputStream();
        } else {
            int first = spec.input() ? 1 : 0;
            input = spec.input() ? new DescriptorOutput(ours.getFirst()) : OutputStream.nullOutputStream();
            output = spec.discard() ? InputStream.nullInputStream() : new DescriptorInput(ours.get(first), pidfd);
            error = spec.discard() ? InputStream.nullInputStream() : new DescriptorInput(ours.get(first + 1), pidfd);
        }
        exit = ending.exit();
        collected = ending.collected();
    }

    /** On the host. */
    public int pid() {
        return pid;
    }

    /** The system calls that made it. */
    public Explanation explain() {
        return new Explanation(calls.get());
    }

    /** Read by the command, if its spec says so; to be closed when there is no more. Of a terminal it is what is typed. */
    public OutputStream input() {
        return input;
    }

    /** What it writes; ends when the command has ended, even if something that it left behind could still write. */
    public InputStream output() {
        return output;
    }

    /** Empty with a terminal, where all is output. */
    public InputStream error() {
        return error;
    }

    /** Does nothing without a terminal. */
    public void resize(WindowSize size) throws SyscallException {
        if (terminal.isPresent()) {
            terminal.get().resize(size);
        }
    }

    /** Sends a signal to the command, e.g. {@code SIGHUP}; does nothing when it has ended. */
    public void signal(String signal) throws SyscallException {
        if (!exit.isDone()) {
            Syscalls.pidfdSignal(pidfd, Signal.number(signal));
        }
    }

    /** How it ended; empty while it runs. */
    public Optional<Exit> exit() {
        return exit.isDone() ? Optional.of(exit.join()) : Optional.empty();
    }

    /** Waits for its end; empty when it still runs after {@code atMost}. */
    public Optional<Exit> awaitExit(Duration atMost) throws InterruptedException {
        try {
            return Optional.of(exit.get(atMost.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a command could not be found out", e);
        }
    }

    /** Lets go of its input and output; a command that still writes to them gets SIGPIPE, one in a terminal SIGHUP. */
    @Override
    public void close() {
        try {
            input.close();
            output.close();
            error.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing a descriptor cannot fail", e);
        }
        terminal.ifPresent(PseudoTerminal::close);
        collected.thenRun(pidfd::close);
    }
}
