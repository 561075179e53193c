package io.slipway.bench.judges;

import io.slipway.analysis.SimulatedService;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes 24 h of one-second windows of two equal arms as {@code slipway judge} reads them: {@code control.jsonl} and {@code candidate.jsonl}. */
public final class RecordedDay {
    private static final int SECONDS = 86_400;

    private RecordedDay() {}

    /** Arguments: directory, requests per second. */
    public static void main(String[] args) throws IOException {
        write(SimulatedService.control(1), Path.of(args[0], "control.jsonl"), Double.parseDouble(args[1]));
        write(SimulatedService.candidate(1), Path.of(args[0], "candidate.jsonl"), Double.parseDouble(args[1]));
    }

    private static void write(SimulatedService service, Path file, double requestsPerSecond) throws IOException {
        service.seconds = 1;
        service.requestsPerSecond = requestsPerSecond;
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            for (int i = 0; i < SECONDS; i++) {
                out.println(line(service.window(i)));
            }
        }
    }

    private static String line(MetricWindow w) {
        StringBuilder line = new StringBuilder(1024);
        line.append("{\"t\":\"").append(w.start()).append("\",\"seconds\":1,\"requests\":").append(w.requests());
        line.append(",\"errors\":").append(w.errors()).append(",\"latencyMs\":[");
        int[] buckets = w.latency().bucket();
        for (int k = 0; k < buckets.length; k++) {
            line.append(k == 0 ? "[" : ",[").append(rounded(LatencyHistogram.aboveMs(buckets[k])));
            line.append(',').append(rounded(LatencyHistogram.upToMs(buckets[k])));
            line.append(',').append(w.latency().count()[k]).append(']');
        }
        return line.append("],\"cpuSeconds\":").append(rounded(w.cpuSeconds())).append(",\"memoryByteSeconds\":2.0E8,\"replicas\":1}")
                .toString();
    }

    private static double rounded(double value) {
        return Math.rint(value * 1e4) / 1e4;
    }
}
