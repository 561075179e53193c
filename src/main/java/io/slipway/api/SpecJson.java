package io.slipway.api;

import io.slipway.release.Metric;
import io.slipway.release.OwnSeries;
import io.slipway.release.Probe;
import io.slipway.release.ProcessSpec;
import io.slipway.release.ReleasePlan;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.RestartPolicy;
import io.slipway.release.Step;
import io.slipway.release.StopCondition;
import io.slipway.release.Units;
import io.slipway.release.Watch;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A spec in the form of a service file, every default filled in; it can be released again as it is. */
final class SpecJson {
    private SpecJson() {}

    static Map<String, Object> of(ReleaseSpec spec) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("service", spec.service().value());
        out.put("image", spec.image());
        Map<String, Object> processes = new LinkedHashMap<>();
        spec.processes().forEach((name, process) -> processes.put(name, process(process)));
        out.put("processes", processes);
        out.put("env", spec.env());
        spec.route()
                .ifPresent(r -> out.put(
                        "route", Map.of("host", r.host(), "path", r.path(), "process", r.process(), "port", r.port())));
        out.put("release", plan(spec.release()));
        return out;
    }

    private static Map<String, Object> process(ProcessSpec p) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("command", p.command());
        out.put("replicas", p.replicas());
        out.put("ports", p.ports());
        out.put(
                "resources",
                Map.of(
                        "cpu",
                        p.resources().cpu(),
                        "memory",
                        Units.renderBytes(p.resources().memoryBytes()),
                        "pids",
                        p.resources().pids()));
        Map<String, Object> health = new LinkedHashMap<>();
        p.start().ifPresent(probe -> health.put("start", probe(probe)));
        p.readiness().ifPresent(probe -> health.put("readiness", probe(probe)));
        p.liveness().ifPresent(probe -> health.put("liveness", probe(probe)));
        if (!health.isEmpty()) {
            out.put("health", health);
        }
        out.put("restart", restart(p.restart().orElse(RestartPolicy.DEFAULT)));
        out.put("stop", Map.of("signal", p.stopSignal(), "grace", Units.render(p.stopGrace())));
        return out;
    }

    private static Map<String, Object> restart(RestartPolicy restart) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put(
                "policy",
                switch (restart.on()) {
                    case ALWAYS -> "always";
                    case FAILURE -> "on-failure";
                    case NEVER -> "never";
                });
        out.put("backoff", Units.render(restart.first()) + ".." + Units.render(restart.last()));
        out.put(
                "startLimit",
                restart.limit()
                        .map(it -> it.starts() + "/" + Units.render(it.within()))
                        .orElse("none"));
        return out;
    }

    private static Map<String, Object> probe(Probe probe) {
        Map<String, Object> out = new LinkedHashMap<>();
        if (probe.command().isPresent()) {
            out.put("exec", probe.command().get());
        } else if (probe.httpPath().isPresent()) {
            out.put("http", probe.httpPath().get());
            out.put("port", probe.port());
        } else {
            out.put("tcp", probe.port());
        }
        out.put("every", Units.render(probe.every()));
        out.put("timeout", Units.render(probe.timeout()));
        out.put("failures", probe.failures());
        probe.successes().ifPresent(it -> out.put("successes", it));
        probe.grace().ifPresent(it -> out.put("grace", Units.render(it)));
        return out;
    }

    private static Map<String, Object> plan(ReleasePlan plan) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("owner", plan.owner());
        if (!plan.channel().isEmpty()) {
            out.put("channel", plan.channel());
        }
        out.put(
                "checks",
                plan.checks().stream()
                        .map(c -> c.name().toLowerCase(Locale.ROOT))
                        .toList());
        out.put("steps", plan.steps().stream().map(SpecJson::step).toList());
        out.put(
                "stopConditions",
                plan.stopConditions().stream().map(SpecJson::condition).toList());
        out.put("watch", watch(plan.watch()));
        return out;
    }

    private static Map<String, Object> watch(Watch watch) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("for", Units.render(watch.duration()));
        out.put("control", watch.control() ? "auto" : "none");
        if (watch.shortWatch()) {
            out.put("shortWatch", true);
        }
        return out;
    }

    private static Map<String, Object> step(Step step) {
        return switch (step) {
            case Step.SetWeight w -> Map.of("weight", w.weight().toString());
            case Step.Hold h -> Map.of("hold", Units.render(h.duration()));
            case Step.Gate g ->
                Map.of("gate", Map.of("minRequests", g.minRequests(), "atMost", Units.render(g.atMost())));
            case Step.Approve a -> Map.of("approve", Map.of("by", a.by(), "atMost", Units.render(a.atMost())));
        };
    }

    private static Map<String, Object> condition(StopCondition condition) {
        return switch (condition) {
            case StopCondition.Regresses r ->
                Map.of(
                        "metric",
                        r.metric().label(),
                        "regressesBy",
                        percent(r.regressesBy())
                                + switch (r.metric()) {
                                    case ERROR_RATE -> "pp";
                                    case P95_LATENCY,
                                            COST_PER_REQUEST,
                                            PROMETHEUS,
                                            PUSHED,
                                            BURN_RATE,
                                            CRASHES,
                                            OOM_KILLS -> "%";
                                });
            case StopCondition.Above a ->
                Map.of("metric", a.metric().label(), "above", a.bound(), "for", Units.render(a.during()));
            case StopCondition.Burns b ->
                Map.of("metric", b.metric().label(), "objective", percent(b.objective()) + "%");
            case StopCondition.SeriesRegresses r ->
                Map.of(
                        "metric",
                        r.metric().label(),
                        naming(r.series()),
                        r.series().text(),
                        "regressesBy",
                        percent(r.regressesBy()) + "%");
            case StopCondition.SeriesAbove a ->
                Map.of(
                        "metric",
                        a.metric().label(),
                        naming(a.series()),
                        a.series().text(),
                        "above",
                        a.bound(),
                        "for",
                        Units.render(a.during()));
        };
    }

    private static String naming(OwnSeries series) {
        return series.source() == Metric.PROMETHEUS ? "query" : "name";
    }

    private static String percent(double share) {
        return BigDecimal.valueOf(share)
                .movePointRight(2)
                .setScale(4, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
