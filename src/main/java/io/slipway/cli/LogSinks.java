package io.slipway.cli;

import io.slipway.sandbox.log.LogRecord;
import io.slipway.sandbox.log.LogStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Ways to show the lines of a log. */
final class LogSinks {
    /** Passes over it. */
    static final LogFollower.Sink NONE = new LogFollower.Sink() {
        @Override
        public void take(LogRecord record) {}

        @Override
        public void flush() {}
    };

    private LogSinks() {}

    /** As it was written, each stream to its own; bytes are not changed. */
    static LogFollower.Sink plain(OutputStream out, OutputStream err, boolean timestamps) {
        return new Plain(out, err, timestamps);
    }

    /** One object a line. */
    static LogFollower.Sink json(Printer printer) {
        return new LogFollower.Sink() {
            @Override
            public void take(LogRecord record) {
                printer.json(ApiClient.JSON
                        .createObjectNode()
                        .put("at", record.at().toString())
                        .put("stream", record.stream().word())
                        .put("line", record.text())
                        .put("partial", !record.whole()));
            }

            @Override
            public void flush() {}
        };
    }

    /** Passes on only what is asked for. */
    static LogFollower.Sink filtered(Optional<LogStream> stream, Optional<Instant> since, LogFollower.Sink sink) {
        return new LogFollower.Sink() {
            @Override
            public void take(LogRecord record) throws IOException {
                boolean wanted = stream.map(s -> s == record.stream()).orElse(true)
                        && since.map(s -> !record.at().isBefore(s)).orElse(true);
                if (wanted) {
                    sink.take(record);
                }
            }

            @Override
            public void flush() throws IOException {
                sink.flush();
            }
        };
    }

    /** Passes on the last lines of what is there at first, and then all. */
    static LogFollower.Sink last(int lines, LogFollower.Sink sink) {
        return new Last(lines, sink);
    }

    private static final class Plain implements LogFollower.Sink {
        private final OutputStream out;
        private final OutputStream err;
        private final Map<LogStream, Boolean> within = new EnumMap<>(LogStream.class);
        private final boolean timestamps;

        Plain(OutputStream out, OutputStream err, boolean timestamps) {
            this.out = out;
            this.err = err;
            this.timestamps = timestamps;
        }

        @Override
        public void take(LogRecord record) throws IOException {
            OutputStream stream = record.stream() == LogStream.STDOUT ? out : err;
            if (timestamps && !within.getOrDefault(record.stream(), false)) {
                stream.write((record.at() + " ").getBytes(StandardCharsets.US_ASCII));
            }
            stream.write(record.content());
            if (record.whole()) {
                stream.write('\n');
            }
            within.put(record.stream(), !record.whole());
        }

        @Override
        public void flush() throws IOException {
            out.flush();
            err.flush();
        }
    }

    private static final class Last implements LogFollower.Sink {
        private final int lines;
        private final LogFollower.Sink sink;
        private final Deque<LogRecord> kept = new ArrayDeque<>();
        private boolean passing;
        private int whole;

        Last(int lines, LogFollower.Sink sink) {
            this.lines = lines;
            this.sink = sink;
        }

        @Override
        public void take(LogRecord record) throws IOException {
            if (passing) {
                sink.take(record);
                return;
            }
            kept.addLast(record);
            whole += record.whole() ? 1 : 0;
            // A part at the end is the beginning of one more line.
            while (whole + (kept.isEmpty() || kept.getLast().whole() ? 0 : 1) > lines) {
                whole -= kept.removeFirst().whole() ? 1 : 0;
            }
        }

        @Override
        public void flush() throws IOException {
            passing = true;
            for (LogRecord record : kept) {
                sink.take(record);
            }
            kept.clear();
            sink.flush();
        }
    }
}
