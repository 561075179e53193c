package io.slipway.cli;

import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;

/** Copies what a container writes, while it writes it. */
final class LogFollower {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private final Sandbox sandbox;

    LogFollower(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** Until its end. */
    Exit follow(OutputStream out, OutputStream err) throws IOException, InterruptedException {
        try (InputStream stdout = Files.newInputStream(sandbox.stdoutLog());
                InputStream stderr = Files.newInputStream(sandbox.stderrLog())) {
            while (true) {
                // Looked at before the copy: what was written before the end is then copied too.
                Optional<Exit> exit = sandbox.exit();
                copy(stdout, out);
                copy(stderr, err);
                if (exit.isPresent()) {
                    return exit.get();
                }
                sandbox.awaitExit(PAUSE);
            }
        }
    }

    /** What there is now. */
    void once(OutputStream out, OutputStream err) throws IOException {
        try (InputStream stdout = Files.newInputStream(sandbox.stdoutLog());
                InputStream stderr = Files.newInputStream(sandbox.stderrLog())) {
            copy(stdout, out);
            copy(stderr, err);
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        if (from.transferTo(to) > 0) {
            to.flush();
        }
    }
}
