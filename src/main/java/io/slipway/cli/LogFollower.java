package io.slipway.cli;

import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.log.FullSegment;
import io.slipway.sandbox.log.LogReader;
import io.slipway.sandbox.log.LogRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Reads what a container writes, each line once, also while it writes. */
final class LogFollower {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long RETRY_NANOS = 2_000_000L;
    private final Sandbox sandbox;
    private int missed;

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
                    missed = reader.missed();
                    return exit.get();
                }
                sandbox.awaitExit(PAUSE);
            }
        }
    }

    /** What of it was not passed on: files that somebody else collected, and removed as more was written than is kept. */
    void tellMissed(Consumer<String> tell) {
        if (missed > 0) {
            tell.accept(missed + " files of the log of container " + sandbox.id()
                    + " were removed before they could be read"
                    + " here, as another command collected more than is kept; start it with more --log-max-files");
        }
    }

    /** What there is now. */
    void once(Sink sink) throws IOException {
        try (LogReader reader = sandbox.readLog()) {
            pass(reader, sink);
        }
    }

    private void pass(LogReader reader, Sink sink) throws IOException {
        // However little of it is kept: what is passed on is all.
        collect(() -> read(reader, sink));
        read(reader, sink);
    }

    private static void read(LogReader reader, Sink sink) throws IOException {
        for (Optional<LogRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
            sink.take(next.get());
        }
        sink.flush();
    }

    private void collect(FullSegment full) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!sandbox.collectLog(full)) {
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
