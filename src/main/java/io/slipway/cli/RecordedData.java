package io.slipway.cli;

import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import io.slipway.sandbox.json.JsonFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One arm's recorded windows and single requests, from JSON lines. Lines that cannot be read are reported with their number and left out. */
final class RecordedData {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MAX_REPORTED = 20;

    private final Path file;
    private final Consumer<String> problems;
    private final RecordedLine line;
    private final RequestWindows requests;
    private final List<MetricWindow> windows = new ArrayList<>();
    private boolean costs;
    private int malformed;

    private RecordedData(Path file, Arm arm, Consumer<String> problems) {
        this.file = file;
        this.problems = problems;
        this.line = new RecordedLine(arm);
        this.requests = new RequestWindows(arm);
    }

    /** Fails when not one line can be used. */
    static RecordedData read(Path file, Arm arm, Consumer<String> problems) {
        RecordedData data = new RecordedData(file, arm, problems);
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            int number = 0;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                data.accept(text, ++number);
            }
        } catch (IOException e) {
            throw new CommandFailed(ExitCode.USAGE, "cannot read " + file + ": " + e);
        }
        data.finish();
        return data;
    }

    private void accept(String text, int number) {
        if (text.isBlank()) {
            return;
        }
        try {
            JsonNode node = JSON.readTree(text);
            if (node.has("requests")) {
                windows.add(line.window(node));
                costs |= node.has("cpuSeconds");
            } else {
                requests.add(line.time(node), line.number(node, "latencyMs"), (int) line.number(node, "status"));
            }
        } catch (JacksonException e) {
            report(number, "not JSON " + JsonFault.of(e));
        } catch (MalformedLine e) {
            report(number, e.getMessage());
        }
    }

    private void report(int number, String problem) {
        if (++malformed <= MAX_REPORTED) {
            problems.accept("slipway: " + file + ":" + number + ": left out, " + problem);
        }
    }

    private void finish() {
        if (malformed > MAX_REPORTED) {
            problems.accept("slipway: " + file + ": " + (malformed - MAX_REPORTED) + " more lines left out");
        }
        windows.addAll(requests.windows());
        windows.sort(Comparator.comparing(MetricWindow::start));
        if (windows.isEmpty()) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    file + " holds no line that can be judged; write windows such as {\"t\":\"2026-11-23T10:00:00Z\","
                            + "\"seconds\":10,\"requests\":812,\"errors\":3,\"latencyMs\":[[39.6,40.0,812]]}");
        }
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
                .map(w -> new MetricWindow(
                        w.revision(),
                        w.arm(),
                        w.host(),
                        w.start().plus(by),
                        w.seconds(),
                        w.requests(),
                        w.errors(),
                        w.latency(),
                        w.cpuSeconds(),
                        w.memoryByteSeconds(),
                        w.replicas(),
                        w.warmingUp()))
                .toList();
    }

    static Instant endOf(MetricWindow w) {
        double seconds = w.seconds() > 0 && w.seconds() < 1e9 ? w.seconds() : 0;
        return w.start().plusMillis(Math.round(seconds * 1000));
    }
}
