package io.slipway.cli;

import io.slipway.sandbox.Network;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.cgroup.Stats;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a container used at a moment.
 *
 * @param nanos when, by {@link System#nanoTime}
 */
record StatsSample(String id, long nanos, Stats stats, Optional<Network.Traffic> traffic) {
    private static final double MIB = 1 << 20;
    private static final String UNKNOWN = "-";
    static final List<String> HEADER = List.of(
            "CONTAINER",
            "CPU %",
            "CPU SECONDS",
            "MEMORY MIB",
            "LIMIT MIB",
            "PIDS",
            "READ MIB",
            "WRITTEN MIB",
            "SENT MIB",
            "RECEIVED MIB",
            "EGRESS MIB",
            "THROTTLED",
            "OOM KILLS",
            "WAITING % CPU/MEMORY/IO");

    static StatsSample of(Sandbox sandbox, Optional<Network.Traffic> traffic) {
        return new StatsSample(sandbox.id(), System.nanoTime(), sandbox.stats(), traffic);
    }

    /** Of one core: 200 for two that are busy. */
    double cpuPercent(StatsSample earlier) {
        double seconds = (nanos - earlier.nanos) / 1e9;
        double used = stats.cpuSeconds() - earlier.stats.cpuSeconds();
        return seconds <= 0 ? 0 : Math.max(0, 100 * used / seconds);
    }

    List<String> row(StatsSample earlier) {
        Stats.Cpu cpu = stats.cpu();
        return List.of(
                id,
                fixed(cpuPercent(earlier)),
                String.format(Locale.ROOT, "%.2f", cpu.seconds()),
                fixed(stats.memoryBytes() / MIB),
                limit(stats.memory().limitBytes()),
                stats.pids()
                        + (stats.pidsMax().isPresent() ? "/" + stats.pidsMax().getAsLong() : ""),
                io(Stats.Io::readBytes),
                io(Stats.Io::writtenBytes),
                mib(traffic.flatMap(Network.Traffic::sent)),
                mib(traffic.flatMap(Network.Traffic::received)),
                mib(traffic.map(Network.Traffic::egress)
                        .filter(OptionalLong::isPresent)
                        .map(OptionalLong::getAsLong)),
                cpu.periods() == 0 ? UNKNOWN : fixed(100.0 * cpu.throttledPeriods() / cpu.periods()) + "%",
                Long.toString(stats.oomKills()),
                waiting(stats.cpuPressure()) + "/" + waiting(stats.memoryPressure()) + "/"
                        + waiting(stats.ioPressure()));
    }

    private static String fixed(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String limit(OptionalLong bytes) {
        return bytes.isPresent() ? fixed(bytes.getAsLong() / MIB) : UNKNOWN;
    }

    private String io(Function<Stats.Io, Long> what) {
        return stats.io().map(io -> fixed(what.apply(io) / MIB)).orElse(UNKNOWN);
    }

    private static String mib(Optional<Long> bytes) {
        return bytes.map(number -> fixed(number / MIB)).orElse(UNKNOWN);
    }

    private static String waiting(Optional<Stats.Pressure> pressure) {
        return pressure.map(p -> fixed(p.somePercent())).orElse(UNKNOWN);
    }

    ObjectNode json(StatsSample earlier) {
        ObjectNode node = ApiClient.JSON
                .createObjectNode()
                .put("id", id)
                .put("cpuPercent", cpuPercent(earlier))
                .put("cpuSeconds", stats.cpuSeconds())
                .put("cpuUserSeconds", stats.cpu().userSeconds())
                .put("cpuSystemSeconds", stats.cpu().systemSeconds())
                .put("cpuPeriods", stats.cpu().periods())
                .put("cpuThrottledPeriods", stats.cpu().throttledPeriods())
                .put("cpuThrottledSeconds", stats.cpu().throttledSeconds())
                .put("memoryBytes", stats.memoryBytes())
                .put("memoryTotalBytes", stats.memory().totalBytes())
                .put("swapBytes", stats.memory().swapBytes())
                .put("memoryLimitHits", stats.memory().limitHits())
                .put("pids", stats.pids())
                .put("forksRefused", stats.forksRefused())
                .put("oomKills", stats.oomKills());
        stats.memory().peakBytes().ifPresent(bytes -> node.put("memoryPeakBytes", bytes));
        stats.memory().limitBytes().ifPresent(bytes -> node.put("memoryLimitBytes", bytes));
        stats.pidsMax().ifPresent(max -> node.put("pidsMax", max));
        stats.io()
                .ifPresent(io -> node.putObject("io")
                        .put("readBytes", io.readBytes())
                        .put("writtenBytes", io.writtenBytes())
                        .put("reads", io.reads())
                        .put("writes", io.writes()));
        traffic.ifPresent(passed -> {
            ObjectNode network = node.putObject("network");
            passed.sent().ifPresent(bytes -> network.put("sentBytes", bytes));
            passed.received().ifPresent(bytes -> network.put("receivedBytes", bytes));
            passed.egress().ifPresent(bytes -> network.put("egressBytes", bytes));
        });
        put(node, "cpuPressure", stats.cpuPressure());
        put(node, "memoryPressure", stats.memoryPressure());
        put(node, "ioPressure", stats.ioPressure());
        return node;
    }

    private static void put(ObjectNode node, String key, Optional<Stats.Pressure> pressure) {
        pressure.ifPresent(p -> node.putObject(key)
                .put("somePercent", p.somePercent())
                .put("someSeconds", p.someSeconds())
                .put("fullPercent", p.fullPercent())
                .put("fullSeconds", p.fullSeconds()));
    }
}
