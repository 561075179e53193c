package io.slipway.cli;

import io.slipway.sandbox.Explanation;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code slipway explain}. */
@Command(
        name = "explain",
        description = "Every system call that made a container, by purpose, with its result and time.",
        footer = {
            "",
            "slipway explain ID               what made a container",
            "slipway explain --learn          the topics; with one of them: what it is for, the calls, and what",
            "                                 one sees without it, tried in a container that is thrown away"
        })
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private RuntimeOptions options = new RuntimeOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--learn", description = "Teach: name a topic, or see which there are.")
    private boolean learn;

    @Parameters(arity = "0..1", paramLabel = "CONTAINER|TOPIC", description = "Id of a container, or a topic.")
    private @Nullable String name;

    @Override
    public Integer call() throws Exception {
        if (learn) {
            return new Lesson(options, new Printer(spec.commandLine().getOut())).give(name);
        }
        if (name == null) {
            throw new CommandFailed(
                    ExitCode.USAGE, "say which container to explain ('slipway ps --all' shows them), or --learn");
        }
        return explain(name);
    }

    private int explain(String id) throws IOException {
        Printer printer = new Printer(spec.commandLine().getOut());
        try (Sandboxes sandboxes = options.open()) {
            Explanation explanation = RuntimeOptions.find(sandboxes, id).explain();
            if (options.json()) {
                printer.json(ExplanationView.json(explanation));
            } else {
                explanation.lines().forEach(printer::line);
            }
        }
        return ExitCode.DONE;
    }
}
