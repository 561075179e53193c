package io.slipway.release;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** Reads stop conditions. */
final class ConditionReader {
    private static final String EXAMPLE =
            "stopConditions: [{metric: error_rate, regressesBy: 0.5pp}, {metric: p95_latency, regressesBy: 10%}]";
    private static final List<String> METRICS = Arrays.stream(Metric.values())
            .filter(Metric::isDeclared)
            .map(Metric::label)
            .toList();
    private static final int TEXT_MAX = 2000;
    private final Problems problems;
    private final PolicyDefaults policy;

    ConditionReader(Problems problems, PolicyDefaults policy) {
        this.problems = problems;
        this.policy = policy;
    }

    List<StopCondition> read(Optional<Fields> release) {
        Optional<Node> given = release.flatMap(it -> it.take("stopConditions"));
        if (given.isEmpty() && !policy.stopConditions().isEmpty()) {
            problems.origin("release.stopConditions", "policy");
            return policy.stopConditions();
        }
        List<Node> nodes = release.map(it -> it.list("stopConditions")).orElse(List.of());
        if (nodes.isEmpty()
                && given.filter(it -> !(it instanceof org.yaml.snakeyaml.nodes.SequenceNode))
                        .isEmpty()) {
            problems.add(
                    "release.stopConditions",
                    "",
                    "names no condition that would end this release: nothing starts without",
                    "paste below release: " + EXAMPLE);
        }
        List<StopCondition> conditions = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            String at = "release.stopConditions[" + i + "]";
            if (!(nodes.get(i) instanceof MappingNode)) {
                problems.add(
                        at,
                        nodes.get(i),
                        "is not a condition",
                        "write it as a mapping: {metric: error_rate, regressesBy: 0.5pp}");
                continue;
            }
            Fields.of(at, nodes.get(i), problems).flatMap(this::condition).ifPresent(it -> addOnce(at, it, conditions));
        }
        return conditions;
    }

    private void addOnce(String at, StopCondition condition, List<StopCondition> conditions) {
        boolean twice = conditions.stream()
                .anyMatch(it -> it.metric() == condition.metric()
                        && it.getClass() == condition.getClass()
                        && series(it).equals(series(condition)));
        if (twice) {
            problems.add(
                    at + ".metric",
                    condition.metric().label(),
                    "has such a condition already",
                    "keep the stricter one");
        }
        conditions.add(condition);
    }

    private static Optional<OwnSeries> series(StopCondition condition) {
        return switch (condition) {
            case StopCondition.SeriesRegresses it -> Optional.of(it.series());
            case StopCondition.SeriesAbove it -> Optional.of(it.series());
            case StopCondition.Regresses it -> Optional.empty();
            case StopCondition.Above it -> Optional.empty();
            case StopCondition.Burns it -> Optional.empty();
        };
    }

    private Optional<StopCondition> condition(Fields fields) {
        Optional<Metric> metric = metric(fields);
        Optional<Node> regresses = fields.take("regressesBy");
        Optional<Node> above = fields.take("above");
        Optional<Duration> during = fields.duration("for", Duration.ofSeconds(1), Duration.ofHours(24));
        Optional<OwnSeries> series = metric.flatMap(it -> series(fields, it));
        if (metric.filter(it -> it == Metric.BURN_RATE).isPresent()) {
            Optional<Node> objective = fields.take("objective");
            refuseOfBurnRate(fields, regresses.isPresent() ? "regressesBy" : above.isPresent() ? "above" : "for");
            fields.refuseUnknown();
            return objective(fields, objective);
        }
        fields.refuseUnknown();
        if (metric.isEmpty() || (series.isEmpty() && !metric.get().isBuiltIn())) {
            regresses
                    .filter(Fields::isNumber)
                    .ifPresent(it -> problems.add(
                            fields.at("regressesBy"),
                            it,
                            "has no unit",
                            "write 10% for a relative change, or 0.5pp for points of an error rate"));
            return Optional.empty();
        }
        if (regresses.isPresent() == above.isPresent()) {
            problems.add(
                    fields.at("regressesBy"),
                    "",
                    "must be given, or above, and not both",
                    "write regressesBy: " + example(metric.get()) + ", or above: BOUND with for: DURATION");
            return Optional.empty();
        }
        if (regresses.isPresent()) {
            return series.isPresent()
                    ? regresses(fields, series.get(), regresses.get())
                    : share(fields, metric.get(), regresses.get())
                            .map(it -> new StopCondition.Regresses(metric.get(), it));
        }
        if (fields.take("for").isEmpty()) {
            problems.missing(fields.at("for"), "write for how long the bound must be exceeded: for: 2m");
        }
        Duration time = during.orElse(Duration.ofMinutes(2));
        return bound(fields, metric.get(), above.orElseThrow())
                .map(it -> series.isPresent()
                        ? new StopCondition.SeriesAbove(series.get(), it, time)
                        : new StopCondition.Above(metric.get(), it, time));
    }

    private void refuseOfBurnRate(Fields fields, String field) {
        fields.take(field)
                .ifPresent(it -> problems.add(
                        fields.at(field),
                        it,
                        "is no part of this condition: how fast is too fast is given by its windows",
                        "write {metric: burn_rate, objective: 99.9%}"));
    }

    private Optional<StopCondition> objective(Fields fields, Optional<Node> given) {
        String at = fields.at("objective");
        if (given.isEmpty()) {
            problems.missing(at, "write the share of requests that are to succeed: objective: 99.9%");
            return Optional.empty();
        }
        Optional<Double> share = share(at, given.get());
        if (share.filter(it -> !StopCondition.Burns.isPossible(it)).isPresent()) {
            problems.add(
                    at,
                    given.get(),
                    "is not between 90% and 99.999%: below, the burn rates of this condition are never reached; above, no traffic"
                            + " shows them",
                    "write an objective such as 99.9%");
            return Optional.empty();
        }
        return share.map(StopCondition.Burns::new);
    }

    private Optional<Metric> metric(Fields fields) {
        if (fields.take("metric").isEmpty()) {
            problems.missing(fields.at("metric"), "name one of " + String.join(", ", METRICS));
            return Optional.empty();
        }
        return fields.oneOf("metric", METRICS, List.of())
                .flatMap(it -> Arrays.stream(Metric.values())
                        .filter(m -> m.isDeclared() && m.label().equals(it))
                        .findFirst());
    }

    /** What is asked for, where the metric is of the team's own. */
    private Optional<OwnSeries> series(Fields fields, Metric metric) {
        if (metric.isBuiltIn()) {
            return Optional.empty();
        }
        String field = metric == Metric.PROMETHEUS ? "query" : "name";
        Optional<String> text = fields.text(field).map(String::strip).filter(it -> !it.isEmpty());
        if (text.isEmpty()) {
            problems.missing(
                    fields.at(field),
                    metric == Metric.PROMETHEUS
                            ? "write what gives one number: query: 'sum(rate(app_failed_total[1m]))'"
                            : "write the name that its samples are pushed under: name: queue_age_seconds");
            return Optional.empty();
        }
        if (text.get().length() > TEXT_MAX) {
            problems.add(fields.at(field), text.get(), "is longer than " + TEXT_MAX + " characters", "shorten it");
            return Optional.empty();
        }
        return text.map(it -> new OwnSeries(metric, it));
    }

    private Optional<StopCondition> regresses(Fields fields, OwnSeries series, Node node) {
        if (!series.isByRevision()) {
            problems.add(
                    fields.at("query"),
                    series.text(),
                    "asks for both revisions at once, so they cannot be compared",
                    "write " + OwnSeries.REVISION + " where the number of the revision belongs, or give above: BOUND"
                            + " with for: DURATION");
            return Optional.empty();
        }
        return share(fields, series.source(), node).map(it -> new StopCondition.SeriesRegresses(series, it));
    }

    private Optional<Double> share(Fields fields, Metric metric, Node node) {
        String at = fields.at("regressesBy");
        boolean points = metric == Metric.ERROR_RATE;
        Optional<String> text = Fields.text(at, node, problems);
        Optional<Units.Share> share = text.flatMap(Units::share);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (share.isEmpty() || share.get().points() != points) {
            String problem = Fields.isNumber(node)
                    ? "has no unit"
                    : share.isPresent()
                            ? points
                                    ? "is relative, but an error rate is compared in points"
                                    : "is in points, but this is compared relatively"
                            : "is not a margin";
            problems.add(at, node, problem, "write " + example(metric));
            return Optional.empty();
        }
        double most = points ? 1 : 100;
        if (share.get().value() <= 0 || share.get().value() >= most) {
            String problem = share.get().value() <= 0 ? "would be exceeded by chance alone" : "could never be exceeded";
            problems.add(at, node, problem, "write a margin such as " + example(metric));
            return Optional.empty();
        }
        return Optional.of(share.get().value());
    }

    private Optional<Double> bound(Fields fields, Metric metric, Node node) {
        String at = fields.at("above");
        return switch (metric) {
            case ERROR_RATE -> share(at, node);
            case P95_LATENCY ->
                fields.duration(at, node, Duration.ofMillis(1), Duration.ofMinutes(10))
                        .map(it -> (double) it.toMillis());
            case COST_PER_REQUEST -> fields.decimal("above", 1e-12, 1e6);
            case PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS -> fields.decimal("above", 0, 1e15);
        };
    }

    private Optional<Double> share(String at, Node node) {
        Optional<Double> share = Fields.text(at, node, problems)
                .flatMap(Units::share)
                .filter(it -> !it.points())
                .map(Units.Share::value);
        if (share.filter(it -> it > 0 && it < 1).isEmpty()) {
            problems.add(
                    at,
                    node,
                    Fields.isNumber(node) ? "has no unit" : "is not a share above 0% and below 100%",
                    "write a share such as 5%");
            return Optional.empty();
        }
        return share;
    }

    private static String example(Metric metric) {
        return metric == Metric.ERROR_RATE ? "0.5pp" : "10%";
    }
}
