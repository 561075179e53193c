package io.slipway.cli;

import io.slipway.sandbox.Exec;
import io.slipway.sandbox.Exit;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** Passes on what is typed to a command in a container, and what it writes to us. */
final class ExecRelay {
    private static final Duration FOREVER = Duration.ofDays(3650);
    /** What a terminal takes for the end of input (VEOF of termios(3)). */
    private static final int END_OF_INPUT = 4;

    private final Exec exec;
    private final boolean terminal;

    ExecRelay(Exec exec, boolean terminal) {
        this.exec = exec;
        this.terminal = terminal;
    }

    /** Returns when it has ended and all that it wrote was passed on. */
    Exit run(boolean input) throws InterruptedException {
        if (input) {
            InputStream from = System.in;
            Thread.ofPlatform().daemon().name("exec-input").start(() -> pass(from, exec.input(), true));
        }
        Thread out = Thread.ofPlatform().name("exec-output").start(() -> pass(exec.output(), System.out, false));
        Thread err = Thread.ofPlatform().name("exec-error").start(() -> pass(exec.error(), System.err, false));
        out.join();
        err.join();
        return exec.awaitExit(FOREVER).orElseThrow();
    }

    private void pass(InputStream from, OutputStream to, boolean isInput) {
        byte[] buffer = new byte[32 * 1024];
        try {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                to.write(buffer, 0, n);
                to.flush();
            }
            if (isInput && terminal) {
                to.write(END_OF_INPUT);
            } else if (isInput) {
                to.close();
            }
        } catch (IOException e) {
            // The command reads no more, or has ended; its exit tells the rest.
            return;
        }
    }
}
