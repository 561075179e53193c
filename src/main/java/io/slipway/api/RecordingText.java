package io.slipway.api;

import io.slipway.analysis.JudgeSpec;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.control.Views;
import io.slipway.control.Views.Recording;
import io.slipway.release.OwnSeries;
import io.slipway.release.StopCondition;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A recorded comparison as JSON lines, read from the store hour by hour: a day of many hosts does not fit into memory. */
final class RecordingText {
    static final String TYPE = "application/jsonl";

    private static final Duration PART = Duration.ofHours(1);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Views views;
    private final Recording recording;
    private final String state;

    /** @param state what became of the rollout */
    RecordingText(Views views, Recording recording, String state) {
        this.views = views;
        this.recording = recording;
        this.state = state;
    }

    void write(PrintWriter out) {
        out.println(JSON.writeValueAsString(head()));
        Instant from = recording.since();
        while (from.isBefore(recording.until())) {
            Instant part = from.plus(PART);
            Instant to = part.isBefore(recording.until()) ? part : recording.until();
            views.windows(recording, from, to).forEach(w -> out.println(line(w)));
            from = to;
        }
        out.flush();
    }

    private Map<String, Object> head() {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("rollout", recording.rollout().value());
        head.put("service", recording.revision().service().value());
        head.put("revision", recording.revision().number());
        recording.stable().ifPresent(stable -> head.put("stable", stable.number()));
        head.put("state", state);
        head.put("since", recording.since().toString());
        head.put("until", recording.until().toString());
        head.put("minRequests", recording.minRequests());
        head.put(
                "stopConditions",
                recorded().stream().map(RecordingText::condition).toList());
        if (recorded().size() < recording.stopConditions().size()) {
            head.put("alpha", alphaOfRecorded());
            head.put("notRecorded", notRecorded());
        }
        Map<String, Object> cost = new LinkedHashMap<>();
        cost.put("cpuHour", recording.prices().cpuHour());
        cost.put("gibHour", recording.prices().gibHour());
        cost.put("egressGib", recording.prices().egressGib());
        cost.put("currency", recording.prices().currency());
        head.put("cost", cost);
        return head;
    }

    /** A recording holds windows; series of the team's own are not among them. */
    private List<StopCondition> recorded() {
        return recording.stopConditions().stream()
                .filter(condition -> condition.metric().isBuiltIn())
                .toList();
    }

    private List<String> notRecorded() {
        return OwnSeries.of(recording.stopConditions()).stream()
                .map(series -> series.source().label() + " '" + series.text() + "'")
                .toList();
    }

    /** So that each condition has the share that it had beside those that are not recorded. */
    private double alphaOfRecorded() {
        JudgeSpec all = new JudgeSpec(
                recording.stopConditions(), recording.prices(), JudgeSpec.DEFAULT_ALPHA, recording.minRequests(), true);
        long relative = recorded().stream()
                .filter(c -> c instanceof StopCondition.Regresses)
                .count();
        return all.alphaPerCondition() * Math.max(1, relative);
    }

    private static Map<String, Object> condition(StopCondition condition) {
        Map<String, Object> text = new LinkedHashMap<>();
        switch (condition) {
            case StopCondition.Regresses r -> {
                text.put("metric", r.metric().label());
                text.put("regressesBy", r.regressesBy());
            }
            case StopCondition.Above a -> {
                text.put("metric", a.metric().label());
                text.put("above", a.bound());
                text.put("for", a.during().toSeconds());
            }
            case StopCondition.Burns b -> {
                text.put("metric", b.metric().label());
                text.put("objective", b.objective());
            }
            case StopCondition.SeriesRegresses r ->
                text.put("metric", r.metric().label());
            case StopCondition.SeriesAbove a -> text.put("metric", a.metric().label());
        }
        return text;
    }

    private static String line(MetricWindow w) {
        StringBuilder line = new StringBuilder(256);
        line.append("{\"t\":\"").append(w.start()).append("\",\"arm\":\"");
        line.append(w.arm().name().toLowerCase(Locale.ROOT)).append("\",\"host\":");
        line.append(JSON.writeValueAsString(w.host().value()))
                .append(",\"seconds\":")
                .append(finite(w.seconds()));
        line.append(",\"requests\":")
                .append(w.requests())
                .append(",\"errors\":")
                .append(w.errors());
        line.append(",\"latencyMs\":").append(latency(w.latency()));
        line.append(",\"cpuSeconds\":").append(finite(w.cpuSeconds()));
        line.append(",\"memoryByteSeconds\":").append(finite(w.memoryByteSeconds()));
        w.egressBytes().ifPresent(bytes -> line.append(",\"egressBytes\":").append(bytes));
        w.crashes()
                .ifPresent(c -> line.append(",\"crashes\":")
                        .append(c.ends())
                        .append(",\"oomKills\":")
                        .append(c.outOfMemory()));
        line.append(",\"replicas\":").append(w.replicas());
        return line.append(w.warmingUp() ? ",\"warmingUp\":true}" : "}").toString();
    }

    private static String latency(LatencyHistogram latency) {
        StringBuilder text = new StringBuilder("[");
        for (int k = 0; k < latency.bucket().length; k++) {
            int bucket = latency.bucket()[k];
            text.append(k == 0 ? "[" : ",[")
                    .append(LatencyHistogram.aboveMs(bucket))
                    .append(',');
            text.append(LatencyHistogram.upToMs(bucket))
                    .append(',')
                    .append(latency.count()[k])
                    .append(']');
        }
        return text.append(']').toString();
    }

    /** JSON knows no NaN and no infinity; a negative value is as impossible, and called broken as well. */
    private static double finite(double value) {
        return Double.isFinite(value) ? value : -1;
    }
}
