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

/** Reads what a container writes, each line once, also while it writes, and when it is started again. */
final class LogFollower implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long RETRY_NANOS = 2_000_000L;
    private final LogReader reader;
    private Sandbox sandbox;

    /** What is done with each record. */
    interface Sink {
        void take(LogRecord record) throws IOException;

        /** All there is for now was taken. */
        void flush() throws IOException;
    }

    LogFollower(Sandbox sandbox) {
        this.sandbox = sandbox;
        reader = sandbox.readLog();
    }

    /** With the same container, which was started again. */
    void goOn(Sandbox again) {
        sandbox = again;
    }

    /** Until its end. */
    Exit follow(Sink sink) throws IOException, InterruptedException {
        while (true) {
            // Looked at before: what was written before the end is then passed on too.
            Optional<Exit> exit = sandbox.exit();
            pass(sink);
            if (exit.isPresent()) {
                return exit.get();
            }
            sandbox.awaitExit(PAUSE);
        }
    }

    /** What of it was not passed on: files that somebody else collected, and removed as more was written than is kept. */
    void tellMissed(Consumer<String> tell) {
        if (reader.missed() > 0) {
            tell.accept(reader.missed() + " files of the log of container " + sandbox.id()
                    + " were removed before they could be read"
                    + " here, as another command collected more than is kept; start it with more --log-max-files");
        }
    }

    /** What there is now. */
    void once(Sink sink) throws IOException {
        pass(sink);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private void pass(Sink sink) throws IOException {
        // However little of it is kept: what is passed on is all.
        collect(() -> read(sink));
        read(sink);
    }

    private void read(Sink sink) throws IOException {
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
