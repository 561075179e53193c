package io.slipway.cli;

import io.slipway.analysis.JudgeSpec;
import io.slipway.analysis.Prices;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** What {@code slipway judge} needs of a service file: stop conditions, whether there is a control, and prices. */
final class JudgeSpecFile {
    /** Used when no prices are given: comparisons are relative, so only the ratio of cpu to memory matters. */
    private static final Prices PRICES = new Prices(0.04, 0.005, "USD");

    private static final Pattern SHARE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(%|pp)");
    private final String file;
    private final boolean costsRecorded;
    private final Prices usual;
    private final Consumer<String> warnings;

    private JudgeSpecFile(String file, boolean costsRecorded, Prices usual, Consumer<String> warnings) {
        this.file = file;
        this.costsRecorded = costsRecorded;
        this.usual = usual;
        this.warnings = warnings;
    }

    /** {@code warnings} gets what is left out since recorded data cannot answer it. */
    static JudgeSpec read(Optional<Path> path, boolean costsRecorded, Consumer<String> warnings) {
        return path.isEmpty() ? defaults(costsRecorded) : read(path.get(), costsRecorded, PRICES, warnings);
    }

    /** {@code usual}: prices where the file names none. */
    static JudgeSpec read(Path path, boolean costsRecorded, Prices usual, Consumer<String> warnings) {
        try {
            Object root = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(path));
            return new JudgeSpecFile(path.toString(), costsRecorded, usual, warnings).spec(root);
        } catch (IOException e) {
            throw new CommandFailed(ExitCode.USAGE, "cannot read --spec " + path + ": " + FailureText.reason(e));
        } catch (YAMLException e) {
            throw new CommandFailed(ExitCode.USAGE, path + " is not YAML: " + e.getMessage());
        }
    }

    private static JudgeSpec defaults(boolean costsRecorded) {
        List<StopCondition> conditions = new ArrayList<>();
        conditions.add(new StopCondition.Regresses(Metric.P95_LATENCY, 0.10));
        conditions.add(new StopCondition.Regresses(Metric.ERROR_RATE, 0.005));
        if (costsRecorded) {
            conditions.add(new StopCondition.Regresses(Metric.COST_PER_REQUEST, 0.15));
        }
        return new JudgeSpec(conditions, PRICES, JudgeSpec.DEFAULT_ALPHA, 1, true);
    }

    private JudgeSpec spec(@Nullable Object root) {
        Map<?, ?> top = map(root, "the file");
        Map<?, ?> release = top.get("release") == null ? top : map(top.get("release"), "release");
        List<StopCondition> conditions = conditions(top, release.get("stopConditions"));
        boolean control = !(release.get("watch") instanceof Map<?, ?> watch)
                || !"none".equals(String.valueOf(watch.get("control")));
        return new JudgeSpec(conditions, prices(top.get("cost")), JudgeSpec.DEFAULT_ALPHA, 1, control);
    }

    /** A service file may leave its stop conditions to the team's policy. */
    private List<StopCondition> conditions(Map<?, ?> top, @Nullable Object given) {
        if (given == null && top.containsKey("service")) {
            warnings.accept("slipway: " + file + " names no stop conditions; the usual ones are taken");
            return defaults(costsRecorded).stopConditions();
        }
        List<StopCondition> conditions = new ArrayList<>();
        List<?> list = given instanceof List<?> l ? l : List.of();
        for (int i = 0; i < list.size(); i++) {
            String field = "stopConditions[" + i + "]";
            Map<?, ?> condition = map(list.get(i), field);
            Object name = condition.get("metric");
            if (Metric.PROMETHEUS.label().equals(name) || Metric.PUSHED.label().equals(name)) {
                warnings.accept("slipway: " + file + ": " + field + " left out, recorded data hold no "
                        + (Metric.PUSHED.label().equals(name) ? "pushed metrics" : "Prometheus queries"));
            } else {
                conditions.add(condition(condition, field));
            }
        }
        if (conditions.isEmpty()) {
            throw wrong(
                    "stopConditions",
                    "holds none that recorded data can answer; write at least one, e.g."
                            + " - {metric: error_rate, regressesBy: 0.5pp}");
        }
        return conditions;
    }

    private Prices prices(@Nullable Object cost) {
        if (cost == null) {
            return usual;
        }
        Map<?, ?> given = map(cost, "cost");
        Object currency = given.get("currency");
        Object egress = given.get("egressGib");
        return new Prices(
                number(given.get("cpuHour"), "cost.cpuHour"),
                number(given.get("gibHour"), "cost.gibHour"),
                egress == null ? 0 : number(egress, "cost.egressGib"),
                currency == null ? "USD" : currency.toString());
    }

    private StopCondition condition(Map<?, ?> given, String field) {
        Metric metric = metric(given.get("metric"), field + ".metric");
        if (metric == Metric.BURN_RATE) {
            return new StopCondition.Burns(objective(given.get("objective"), field + ".objective"));
        }
        Object relative = given.get("regressesBy");
        if (relative != null) {
            return new StopCondition.Regresses(metric, share(relative, metric, field + ".regressesBy"));
        }
        Object during = given.get("for");
        Duration time = Durations.parse(field + ".for", during == null ? "2m" : during.toString());
        return new StopCondition.Above(metric, bound(given.get("above"), metric, field + ".above"), time);
    }

    private Metric metric(@Nullable Object name, String field) {
        for (Metric m : Metric.values()) {
            if (m.isBuiltIn() && m.isDeclared() && m.label().equals(name)) {
                return m;
            }
        }
        throw wrong(
                field, "is " + name + "; recorded data has p95_latency, error_rate, cost_per_request and burn_rate");
    }

    private double share(Object value, Metric metric, String field) {
        Matcher form = SHARE.matcher(value.toString().strip());
        String unit = metric == Metric.ERROR_RATE ? "pp" : "%";
        if (!form.matches() || !form.group(2).equals(unit)) {
            throw wrong(
                    field,
                    "is " + value + "; write a number and " + unit + ", e.g. "
                            + (metric == Metric.ERROR_RATE ? "0.5pp" : "10%"));
        }
        return Double.parseDouble(form.group(1)) / 100;
    }

    /** Error rate as {@code 5%}, latency as {@code 300ms}, cost as a plain number. */
    private double bound(@Nullable Object value, Metric metric, String field) {
        if (value == null) {
            throw wrong(field, "is missing; a stop condition has regressesBy or above");
        }
        return switch (metric) {
            case ERROR_RATE -> percent(value, field);
            case P95_LATENCY -> Durations.parse(field, value.toString()).toMillis();
            case COST_PER_REQUEST, PROMETHEUS, PUSHED, BURN_RATE, CRASHES, OOM_KILLS -> number(value, field);
        };
    }

    private double objective(@Nullable Object value, String field) {
        double objective = value == null ? 0 : percent(value, field);
        if (!(objective >= 0.9 && objective <= 0.99999)) {
            throw wrong(field, "is " + value + "; write the share of requests that are to succeed, e.g. 99.9%");
        }
        return objective;
    }

    private double percent(Object value, String field) {
        Matcher form = SHARE.matcher(value.toString().strip());
        if (!form.matches() || !form.group(2).equals("%")) {
            throw wrong(field, "is " + value + "; write a number and %, e.g. 5%");
        }
        return Double.parseDouble(form.group(1)) / 100;
    }

    private double number(@Nullable Object value, String field) {
        if (value instanceof Number n && n.doubleValue() >= 0) {
            return n.doubleValue();
        }
        throw wrong(field, "is " + value + "; write a number of 0 or more");
    }

    private Map<?, ?> map(@Nullable Object value, String field) {
        if (value instanceof Map<?, ?> m) {
            return m;
        }
        throw wrong(field, "is not a mapping");
    }

    private CommandFailed wrong(String field, String problem) {
        return new CommandFailed(ExitCode.USAGE, file + ": " + field + " " + problem);
    }
}
