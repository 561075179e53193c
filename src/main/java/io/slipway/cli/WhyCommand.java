package io.slipway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code slipway why}: the decisions with their evidence, in plain words. */
@Command(name = "why", description = "Why a service or rollout is as it is: its decisions, oldest first.")
final class WhyCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions options = new ApiOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SERVICE|ROLLOUT")
    private String name = "";

    @Override
    public Integer call() {
        ApiClient api = options.client();
        Printer printer = new Printer(spec.commandLine().getOut());
        JsonNode answer =
                api.get("/api/v1/rollouts/" + ApiClient.encode(RolloutCommand.idOf(api, name)) + "/decisions");
        if (options.json()) {
            printer.json(answer);
            return ExitCode.DONE;
        }
        JsonNode items = answer.has("items") ? answer.path("items") : answer;
        for (int i = items.size() - 1; i >= 0; i--) {
            JsonNode one = items.get(i);
            String from = one.path("fromState").asString("");
            String to = one.path("toState").asString("");
            printer.line(one.path("at").asString("") + "  " + (from.equals(to) ? to : from + " -> " + to) + ", by "
                    + one.path("by").asString(""));
            printer.line("    " + Printer.text(one.path("reason")));
        }
        return ExitCode.DONE;
    }
}
