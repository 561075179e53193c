package io.slipway.cli;

import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One arm's recorded windows and single requests, from JSON lines. Lines that cannot be read are reported with their number and left out. */
final class RecordedData {
    private static final int MAX_REPORTED = 20;
    private static final int CHUNK = 1 << 16;

    private final Path file;
    private final Arm arm;
    private final RecordedWindow window;
    private final LineScan scan = new LineScan();
    private final RequestWindows requests;
    private final List<MetricWindow> windows = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private boolean costs;
    private int malformed;

    private final Optional<Sink> sink;

    /** Takes windows as they are read. {@code costs}: whether cpu time was recorded. */
    interface Sink {
        void accept(MetricWindow window, boolean costs);
    }

    private RecordedData(Path file, Arm arm, Optional<Sink> sink) {
        this.file = file;
        this.sink = sink;
        this.arm = arm;
        this.window = new RecordedWindow(arm);
        this.requests = new RequestWindows(arm);
    }

    /** Fails when the file cannot be read. */
    static RecordedData read(Path file, Arm arm) {
        return read(file, arm, Optional.empty());
    }

    /** Windows go to the sink, and are not kept; a single request is more than it can take. */
    static RecordedData read(Path file, Arm arm, Sink sink) {
        return read(file, arm, Optional.of(sink));
    }

    private static RecordedData read(Path file, Arm arm, Optional<Sink> sink) {
        RecordedData data = new RecordedData(file, arm, sink);
        try (InputStream in = Files.newInputStream(file)) {
            data.lines(in);
        } catch (IOException e) {
            throw new CommandFailed(ExitCode.USAGE, "cannot read " + file + ": " + FailureText.reason(e));
        }
        data.finish();
        return data;
    }

    private void lines(InputStream in) throws IOException {
        byte[] buffer = new byte[CHUNK];
        int held = 0;
        int number = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer, held, buffer.length - held)) {
            int end = held + read;
            int begin = 0;
            for (int after = line(buffer, 0, end, number + 1);
                    after > 0;
                    after = line(buffer, begin, end, number + 1)) {
                begin = after;
                number++;
            }
            held = end - begin;
            System.arraycopy(buffer, begin, buffer, 0, held);
            buffer = held == buffer.length ? Arrays.copyOf(buffer, 2 * held) : buffer;
        }
        accept(buffer, 0, held, number + 1);
    }

    /** Takes a line; where the next one begins, or 0 when this one's end has not been read yet. */
    private int line(byte[] bytes, int from, int end, int number) {
        RecordedLine usual = from < end ? scan.read(bytes, from, end) : null;
        if (usual != null && scan.ended() < end) {
            accept(usual, number);
            return scan.ended() + 1;
        }
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                accept(bytes, from, i - from, number);
                return i + 1;
            }
        }
        return 0;
    }

    private void accept(byte[] bytes, int from, int length, int number) {
        if (isBlank(bytes, from, length)) {
            return;
        }
        try {
            accept(RecordedLine.parse(bytes, from, length), number);
        } catch (MalformedLine e) {
            report(number, e.getMessage());
        }
    }

    private void accept(RecordedLine line, int number) {
        try {
            if (!line.isOf(arm)) {
                return;
            }
            if (line.isWindow) {
                accept(window.of(line), !Double.isNaN(line.cpuSeconds));
            } else if (sink.isPresent()) {
                throw new WindowFeed.Unusual();
            } else {
                double latency = RecordedLine.required("latencyMs", line.latencyMs);
                requests.add(line.time(), latency, (int) RecordedLine.required("status", line.status));
            }
        } catch (MalformedLine e) {
            report(number, e.getMessage());
        }
    }

    private void accept(MetricWindow read, boolean withCosts) {
        costs |= withCosts;
        if (sink.isPresent()) {
            sink.get().accept(read, withCosts);
        } else {
            windows.add(read);
        }
    }

    private static boolean isBlank(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] > ' ' || bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private void report(int number, String problem) {
        if (++malformed <= MAX_REPORTED) {
            problems.add("slipway: " + file + ":" + number + ": left out, " + problem);
        }
    }

    private void finish() {
        if (malformed > MAX_REPORTED) {
            problems.add("slipway: " + file + ": " + (malformed - MAX_REPORTED) + " more lines left out");
        }
        windows.addAll(requests.windows());
        windows.sort(Comparator.comparing(MetricWindow::start));
    }

    /** Lines that were left out, and why. */
    List<String> problems() {
        return problems;
    }

    /** Fails when not one line could be used. */
    RecordedData notEmpty() {
        if (windows.isEmpty()) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    file + " holds no line that can be judged; write windows such as {\"t\":\"2026-11-23T10:00:00Z\","
                            + "\"seconds\":10,\"requests\":812,\"errors\":3,\"latencyMs\":[[39.6,40.0,812]]}");
        }
        return this;
    }

    List<MetricWindow> windows() {
        return windows;
    }

    /** Whether cpu time was recorded. */
    boolean hasCosts() {
        return costs;
    }

    Instant start() {
        return windows.getFirst().start();
    }

    Instant end() {
        return endOf(windows.getLast());
    }

    List<MetricWindow> shifted(Duration by) {
        return windows.stream()
                .map(w -> w.at(w.arm(), w.host(), w.start().plus(by)))
                .toList();
    }

    static Instant endOf(MetricWindow w) {
        double seconds = w.seconds() > 0 && w.seconds() < 1e9 ? w.seconds() : 0;
        return w.start().plusMillis(Math.round(seconds * 1000));
    }
}
