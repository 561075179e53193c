package io.slipway.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code slipway revert}: the red button. */
@Command(name = "revert", description = "Take a service back, at any time. Never refused for a hold or a freeze.")
final class RevertCommand implements Callable<Integer> {
    @Mixin
    private ApiOptions options = new ApiOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SERVICE")
    private String service = "";

    @Option(names = "--to", paramLabel = "N", description = "Revision number. Default: the one before.")
    private @Nullable Integer to;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why; it is recorded.")
    private String reason = "";

    @Option(names = "--wait", description = "Wait until traffic is back.")
    private boolean wait;

    @Override
    public Integer call() {
        ApiClient api = options.client();
        Printer printer = new Printer(spec.commandLine().getOut());
        Map<String, Object> body = new HashMap<>(Map.of("reason", reason));
        if (to != null) {
            body.put("to", to);
        }
        JsonNode made = api.post("/api/v1/services/" + ApiClient.encode(service) + "/revert", body);
        String rollout = made.path("rollout").path("id").asString("");
        if (!wait) {
            if (options.json()) {
                printer.json(made);
            } else {
                printer.line("Reverting " + service + ": " + api.server() + "/rollouts/" + rollout);
            }
            return ExitCode.DONE;
        }
        JsonNode end = new RolloutFollower(api, options.json() ? line -> {} : printer::line)
                .follow(rollout, "settled", Duration.ofMinutes(10));
        if (options.json()) {
            printer.json(end);
        }
        String state = end.path("state").asString("");
        return state.equals("reverted") || state.equals("settled") ? ExitCode.DONE : ExitCode.ofState(state);
    }
}
