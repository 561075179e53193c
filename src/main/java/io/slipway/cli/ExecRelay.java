package io.slipway.cli;

import io.slipway.sandbox.Exec;
import io.slipway.sandbox.Exit;
import java.io.InputStream;
import java.time.Duration;

/** Passes on what is typed to a command in a container, and what it writes to us. */
final class ExecRelay {
    private static final Duration FOREVER = Duration.ofDays(3650);

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
            Thread.ofPlatform()
                    .daemon()
                    .name("exec-input")
                    .start(() -> StreamPassing.passInput(from, exec.input(), terminal));
        }
        Thread out = Thread.ofPlatform().name("exec-output").start(() -> StreamPassing.pass(exec.output(), System.out));
        Thread err = Thread.ofPlatform().name("exec-error").start(() -> StreamPassing.pass(exec.error(), System.err));
        out.join();
        err.join();
        return exec.awaitExit(FOREVER).orElseThrow();
    }
}
