package io.slipway.traffic;

import io.slipway.base.LatencyHistogram;
import java.util.Locale;

/** The edge's metrics in Prometheus' text format 0.0.4. */
final class MetricsText {
    private static final double[] UP_TO_S = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };
    private final StringBuilder text = new StringBuilder();

    static String of(Counters counters, LiveRoutes live) {
        MetricsText metrics = new MetricsText();
        metrics.requests(counters);
        metrics.durations(counters);
        metrics.replicas(live);
        metrics.rest(counters, live);
        return metrics.text.toString();
    }

    private void requests(Counters counters) {
        head("slipway_edge_requests_total", "counter", "Answers to clients, by revision, arm and status code.");
        for (ArmCounter arm : counters.all()) {
            arm.codes()
                    .forEach((code, n) ->
                            line("slipway_edge_requests_total", labels(arm) + ",code=\"" + code + "\"", n));
        }
        head(
                "slipway_edge_retries_total",
                "counter",
                "Attempts at a replica that failed before it answered and were made elsewhere.");
        counters.all().forEach(arm -> line("slipway_edge_retries_total", labels(arm), arm.retries.sum()));
        head("slipway_edge_answer_bytes_total", "counter", "Bytes of the bodies of answers to clients.");
        counters.all().forEach(arm -> line("slipway_edge_answer_bytes_total", labels(arm), arm.answeredBytes()));
    }

    private void durations(Counters counters) {
        String name = "slipway_edge_request_duration_seconds";
        head(name, "histogram", "From a request's head to its answer's last byte.");
        for (ArmCounter arm : counters.all()) {
            long[] dense = arm.dense();
            long seen = 0;
            double sumMs = 0;
            int bucket = 0;
            for (double upTo : UP_TO_S) {
                for (; bucket < dense.length - 1 && LatencyHistogram.upToMs(bucket) <= upTo * 1000; bucket++) {
                    seen += dense[bucket];
                    sumMs += dense[bucket] * LatencyHistogram.upToMs(bucket);
                }
                line(name + "_bucket", labels(arm) + ",le=\"" + upTo + "\"", seen);
            }
            for (; bucket < dense.length; bucket++) {
                seen += dense[bucket];
                sumMs += dense[bucket] * LatencyHistogram.upToMs(bucket);
            }
            line(name + "_bucket", labels(arm) + ",le=\"+Inf\"", seen);
            text.append(String.format(Locale.ROOT, "%s_sum{%s} %.6f%n", name, labels(arm), sumMs / 1000));
            line(name + "_count", labels(arm), seen);
        }
    }

    private void replicas(LiveRoutes live) {
        head("slipway_edge_in_flight_requests", "gauge", "Requests now on an allocation.");
        live.replicas().forEach(r -> line("slipway_edge_in_flight_requests", labels(r), r.inFlight()));
        head(
                "slipway_edge_ejections_total",
                "counter",
                "Times that an allocation could not be connected to and was left out.");
        live.replicas().forEach(r -> line("slipway_edge_ejections_total", labels(r), r.ejections.sum()));
        head("slipway_edge_ejected", "gauge", "1 while an allocation is left out.");
        live.replicas().forEach(r -> line("slipway_edge_ejected", labels(r), r.isEjected() ? 1 : 0));
    }

    private void rest(Counters counters, LiveRoutes live) {
        head("slipway_edge_unrouted_total", "counter", "Requests that no route serves.");
        text.append("slipway_edge_unrouted_total ")
                .append(counters.unrouted.sum())
                .append('\n');
        head("slipway_edge_abandoned_total", "counter", "Requests whose client left before the answer was complete.");
        text.append("slipway_edge_abandoned_total ")
                .append(counters.abandonedByClient.sum())
                .append('\n');
        head("slipway_edge_names_total", "counter", "Names that containers asked for, by what they were told.");
        counters.names.now().forEach((told, n) -> line("slipway_edge_names_total", "answer=\"" + told + "\"", n));
        head("slipway_edge_route_generation", "gauge", "Generation of the routes in effect.");
        text.append("slipway_edge_route_generation ").append(live.generation()).append('\n');
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void line(String name, String labels, long value) {
        text.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }

    private static String labels(ArmCounter counter) {
        return "service=\"" + counter.revision.service() + "\",revision=\"" + counter.revision.number() + "\",arm=\""
                + counter.arm.name().toLowerCase(Locale.ROOT) + "\"";
    }

    private static String labels(Replica replica) {
        String id = replica.backend.allocation().value();
        return "allocation=\"" + id.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
