package io.slipway.cli;

import io.slipway.release.Check;
import io.slipway.release.Metric;
import io.slipway.release.Parsed;
import io.slipway.release.PolicyDefaults;
import io.slipway.release.ProcessSpec;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.SpecParser;
import io.slipway.release.Step;
import io.slipway.release.StopCondition;
import io.slipway.release.Units;
import io.slipway.release.Violation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code slipway plan}: everything wrong with a service file, or what a release of it would do. Needs no server. */
@Command(name = "plan", description = "Check a service file, and show what a release of it would do without doing it.")
final class PlanCommand implements Callable<Integer> {
    /** A file without an owner is released as the token's person's; which token that will be is not known here. */
    private static final String TOKENS = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HelpOption help = new HelpOption();

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "The service file, YAML or JSON.")
    private Path file = Path.of("slipway.yaml");

    @Option(names = "--output", paramLabel = "FORMAT", description = "table or json. Default: table.")
    private ApiOptions.Output output = ApiOptions.Output.TABLE;

    @Override
    public Integer call() {
        Printer printer = new Printer(spec.commandLine().getOut());
        Parsed parsed = SpecParser.parse(
                ReleaseCommand.read(file), PolicyDefaults.builtIn().withOwner(TOKENS));
        boolean json = output == ApiOptions.Output.JSON;
        return switch (parsed) {
            case Parsed.Refused refused -> refuse(refused.violations(), json, printer);
            case Parsed.Accepted accepted -> {
                if (json) {
                    printer.json(ApiClient.JSON.valueToTree(accepted.spec()));
                } else {
                    lines(accepted.spec()).forEach(printer::line);
                }
                yield ExitCode.DONE;
            }
        };
    }

    private static int refuse(List<Violation> violations, boolean json, Printer printer) {
        if (json) {
            printer.json(ApiClient.JSON.valueToTree(violations));
            return ExitCode.FAILED;
        }
        StringBuilder text = new StringBuilder(violations.size() + (violations.size() == 1 ? " mistake" : " mistakes")
                + "; nothing would be released");
        for (Violation one : violations) {
            text.append("\n  ").append(one.field().isEmpty() ? "the file" : one.field());
            text.append(": ").append(one.problem());
            text.append(one.value().isEmpty() ? "" : " (" + one.value() + ")");
            text.append(". ").append(one.fix());
        }
        throw new CommandFailed(ExitCode.FAILED, text.toString());
    }

    private static List<String> lines(ReleaseSpec spec) {
        List<String> lines = new ArrayList<>();
        String owner = spec.release().owner();
        lines.add(spec.service() + ", image " + spec.image() + ", owner "
                + (owner.equals(TOKENS) ? "the token's, since the file names none" : owner));
        spec.processes()
                .forEach((name, process) -> lines.add("process " + name + ": " + process.replicas() + " x cpu "
                        + process.resources().cpu() + ", memory "
                        + (process.resources().memoryBytes() >> 20) + " MiB, pids "
                        + process.resources().pids()));
        lines.add("checks: "
                + String.join(
                        ", ",
                        spec.release().checks().stream().map(PlanCommand::name).toList()));
        int number = 1;
        for (Step step : spec.release().steps()) {
            lines.add("step " + number++ + ": " + sentence(step));
        }
        spec.release().stopConditions().forEach(condition -> lines.add("stops when: " + sentence(condition)));
        StopCondition.ALWAYS.forEach(condition -> lines.add("always stops when: " + condition));
        lines.add("watch: " + Units.render(spec.release().watch().duration())
                + (spec.release().watch().control()
                        ? ", beside one warm replica of the stable revision, which keeps the share of one of "
                                + (replicas(spec) + 1) + " equal replicas meanwhile"
                        : ", without a control"));
        return lines;
    }

    private static String name(Check check) {
        String name = check.name().toLowerCase(Locale.ROOT);
        return check == Check.IMAGE ? name + " (its digest is pinned for all replicas)" : name;
    }

    /** Of the process that takes the traffic. */
    private static int replicas(ReleaseSpec spec) {
        return spec.route()
                .map(route -> spec.processes().get(route.process()))
                .or(() -> spec.processes().values().stream().findFirst())
                .map(ProcessSpec::replicas)
                .orElse(0);
    }

    private static String sentence(Step step) {
        return switch (step) {
            case Step.SetWeight it -> "give the new revision " + it.weight() + " of the traffic";
            case Step.Hold it -> "hold for " + Units.render(it.duration());
            case Step.Gate it ->
                "gate: go on when every condition is judged healthy on at least " + it.minRequests()
                        + " requests of each arm; abort after " + Units.render(it.atMost());
            case Step.Approve it ->
                "wait for the approval of " + it.by() + "; abort after " + Units.render(it.atMost());
        };
    }

    private static String sentence(StopCondition condition) {
        return switch (condition) {
            case StopCondition.Regresses it ->
                it.metric().label() + " is worse than the stable revision's by more than "
                        + Units.renderShare(it.regressesBy()) + (it.metric() == Metric.ERROR_RATE ? "pp" : "%");
            case StopCondition.Above it ->
                it.metric().label() + " is above " + it.bound() + " for " + Units.render(it.during());
            case StopCondition.Burns it ->
                "errors use up what an objective of " + Units.renderShare(it.objective())
                        + "% allows 14.4 times too fast over 1h and 5m, or 6 times over 6h and 30m";
            case StopCondition.SeriesRegresses it ->
                it.metric().label() + " '" + it.series().text() + "' is more than "
                        + Units.renderShare(it.regressesBy()) + "% above the stable revision's";
            case StopCondition.SeriesAbove it ->
                it.metric().label() + " '" + it.series().text() + "' is above " + it.bound() + " for "
                        + Units.render(it.during());
        };
    }
}
