package io.slipway.cli;

import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import tools.jackson.databind.JsonNode;

/** Reads one recorded window. Values that are numbers but cannot be true (negative, infinite) are kept: the judge calls them broken. */
final class RecordedLine {
    /** Widest bucket that still says where a quantile lies to 2 %, with room for rounded bounds. */
    private static final double WIDEST = 1.0205;

    private static final double TAIL = 0.05;
    private static final double LOG_GROWTH = StrictMath.log(LatencyHistogram.GROWTH);
    private static final ServiceName SERVICE = new ServiceName("recorded");
    private static final HostName HOST = new HostName("recorded");

    private final Arm arm;

    RecordedLine(Arm arm) {
        this.arm = arm;
    }

    MetricWindow window(JsonNode node) throws MalformedLine {
        return window(
                arm,
                time(node),
                number(node, "seconds"),
                (long) number(node, "requests"),
                (long) number(node, "errors"),
                latency(node.path("latencyMs")),
                node.has("cpuSeconds") ? number(node, "cpuSeconds") : 0,
                node.has("memoryByteSeconds") ? number(node, "memoryByteSeconds") : 0,
                node.has("replicas") ? (int) number(node, "replicas") : 1);
    }

    static MetricWindow window(
            Arm arm,
            Instant start,
            double seconds,
            long requests,
            long errors,
            LatencyHistogram latency,
            double cpuSeconds,
            double memoryByteSeconds,
            int replicas) {
        RevisionId revision = new RevisionId(SERVICE, arm == Arm.CANDIDATE ? 2 : 1);
        return new MetricWindow(
                revision,
                arm,
                HOST,
                start,
                seconds,
                requests,
                errors,
                latency,
                cpuSeconds,
                memoryByteSeconds,
                replicas,
                false);
    }

    Instant time(JsonNode node) throws MalformedLine {
        String text = node.path("t").asString("");
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new MalformedLine("t is '" + text + "', not a time such as 2026-11-23T10:00:00Z");
        }
    }

    double number(JsonNode node, String field) throws MalformedLine {
        JsonNode value = node.path(field);
        if (!value.isNumber()) {
            throw new MalformedLine(field + " is missing or not a number");
        }
        return value.asDouble();
    }

    /** Empty when the bucket that holds the 95th percentile is wider than 2 %: quantiles cannot be told from it. */
    private static LatencyHistogram latency(JsonNode entries) throws MalformedLine {
        long[] dense = new long[LatencyHistogram.BUCKETS];
        long total = 0;
        for (JsonNode entry : entries) {
            check(entry);
            long count = entry.get(2).asLong();
            total += count;
            dense[bucket(entry.get(0).asDouble(), entry.get(1).asDouble())] += count;
        }
        return fineAtTail(entries, total) ? LatencyHistogram.ofDense(dense) : LatencyHistogram.EMPTY;
    }

    private static void check(JsonNode entry) throws MalformedLine {
        boolean numbers =
                entry.size() == 3 && entry.get(0).isNumber() && entry.get(1).isNumber();
        if (!numbers
                || !entry.get(2).isIntegralNumber()
                || entry.get(0).asDouble() > entry.get(1).asDouble()) {
            throw new MalformedLine("latencyMs holds " + entry + ", not [above, up to, count]");
        }
    }

    private static boolean fineAtTail(JsonNode entries, long total) {
        long below = 0;
        for (JsonNode entry : entries) {
            below += entry.get(2).asLong();
            if (below >= (1 - TAIL) * total) {
                return isFine(entry.get(0).asDouble(), entry.get(1).asDouble());
            }
        }
        return true;
    }

    private static boolean isFine(double aboveMs, double upToMs) {
        return upToMs <= LatencyHistogram.MIN_MS || (aboveMs > 0 && upToMs / aboveMs <= WIDEST);
    }

    /** A fine bucket goes where its middle lies, a coarse one where it ends. */
    private static int bucket(double aboveMs, double upToMs) {
        return bucket(isFine(aboveMs, upToMs) ? StrictMath.sqrt(aboveMs * upToMs) : upToMs);
    }

    static int bucket(double ms) {
        if (!(ms > LatencyHistogram.MIN_MS)) {
            return 0;
        }
        double bucket = StrictMath.ceil(StrictMath.log(ms / LatencyHistogram.MIN_MS) / LOG_GROWTH);
        return (int) Math.min(LatencyHistogram.BUCKETS - 1, bucket);
    }
}
