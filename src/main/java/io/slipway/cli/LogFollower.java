package io.slipway.cli;

import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.log.LogReader;
import io.slipway.sandbox.log.LogRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Reads what a container writes, each line once, also while it writes. */
final class LogFollower {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long RETRY_NANOS = 2_000_000L;
    private final Sandbox sandbox;

    /** What is done with each record. */
    interface Sink {
        void take(LogRecord record) throws IOException;

        /** All there is for now was taken. */
        void flush() throws IOException;
    }

    LogFollower(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /** Until its end. */
    Exit follow(Sink sink) throws IOException, InterruptedException {
        try (LogReader reader = sandbox.readLog()) {
            while (true) {
                // Looked at before: what was written before the end is then passed on too.
                Optional<Exit> exit = sandbox.exit();
                pass(reader, sink);
                if (exit.isPresent()) {
                    return exit.get();
                }
                sandbox.awaitExit(PAUSE);
            }
        }
    }

    /** What there is now. */
    void once(Sink sink) throws IOException {
        try (LogReader reader = sandbox.readLog()) {
            pass(reader, sink);
        }
    }

    private void pass(LogReader reader, Sink sink) throws IOException {
        collect();
        for (Optional<LogRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
            sink.take(next.get());
        }
        sink.flush();
    }

    private void collect() throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!sandbox.collectLog()) {
            if (System.nanoTime() > end) {
                throw new CommandFailed(
                        ExitCode.FAILED,
                        "another process has had the log of container " + sandbox.id() + " in work for "
                                + PATIENCE.toSeconds() + " s and does not go on; end it, and try again");
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }
}
