package io.slipway.cli;

import io.slipway.sandbox.Connection;
import io.slipway.sandbox.Console;
import io.slipway.sandbox.Explanation;
import io.slipway.sandbox.IdRange;
import io.slipway.sandbox.Namespaces;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.script.ShellScript;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code slipway explain}. */
@Command(
        name = "explain",
        description = "Every system call that made a container, or would, by purpose; or teach how they are made.",
        footer = {
            "",
            "explain ID                     what made it, with results and times; of one that",
            "                               was only created: what will",
            "explain --plan IMAGE [CMD...]  what would make it, with the options of run;",
            "                               nothing is run",
            "explain --as sh ...            either as a shell script that makes an",
            "                               equivalent container",
            "explain --learn                the topics; with one of them: what it is for, the",
            "                               calls, and what one sees without it, tried in a",
            "                               throw-away container"
        })
final class ExplainCommand implements Callable<Integer> {
    @Mixin
    private RuntimeOptions options = new RuntimeOptions();

    @Mixin
    private ContainerOptions container = new ContainerOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--plan", description = "Explain what would make a container of an image; run nothing.")
    private boolean plan;

    @Option(names = "--as", paramLabel = "FORM", description = "calls, or sh: a script. Default: calls.")
    private String form = "calls";

    @Option(names = "--learn", description = "Teach: name a topic, or see which there are.")
    private boolean learn;

    @Parameters(
            arity = "0..*",
            paramLabel = "CONTAINER",
            description = "Id of a container; with --learn a topic; with --plan an image and a command.")
    private List<String> names = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        if (!List.of("calls", "sh").contains(form)) {
            throw new CommandFailed(ExitCode.USAGE, "--as " + form + " is not known; there are: calls, sh");
        }
        if (!plan && (names.size() > 1 || !names.isEmpty() && names.getFirst().startsWith("-"))) {
            throw new CommandFailed(ExitCode.USAGE, "'" + names.getLast() + "' is neither an option nor expected here");
        }
        if (learn) {
            return new Lesson(options, printer()).give(names.isEmpty() ? null : names.getFirst());
        }
        if (names.isEmpty()) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "say which container to explain ('slipway ps --all' shows them), or --plan IMAGE, or --learn");
        }
        try (Sandboxes sandboxes = options.open()) {
            return plan ? plan(sandboxes) : explain(sandboxes);
        }
    }

    private int plan(Sandboxes sandboxes) throws IOException {
        SandboxSpec planned = container.spec(
                ContainerOptions.newId(),
                names.getFirst(),
                names.subList(1, names.size()),
                options,
                spec.commandLine().getErr(),
                this::tell);
        return show(planned.id(), sandboxes.plan(planned));
    }

    private int explain(Sandboxes sandboxes) throws IOException {
        Sandbox sandbox = RuntimeOptions.find(sandboxes, names.getFirst());
        if (form.equals("sh")) {
            return show(sandbox.id(), sandboxes.plan(another(sandbox.spec())));
        }
        boolean never = sandbox.state() == Sandbox.State.CREATED;
        return show(sandbox.id(), never ? sandboxes.plan(sandbox.spec()) : sandbox.explain());
    }

    /**
     * An equivalent one beside it, with another address, and without its published ports, which are taken. Tools cannot map the layers to a container's
     * own ids before util-linux 2.39: the script's are those that the layers have on disk.
     */
    private static SandboxSpec another(SandboxSpec spec) {
        // A script is run in a terminal, or with an input, of its own.
        SandboxSpec other = spec.withId(ContainerOptions.newId()).withConsole(Console.NONE);
        Namespaces namespaces = other.namespaces();
        if (namespaces.network().isPresent()) {
            other = other.withNetwork(new Connection(namespaces.network().get().network(), List.of()));
        }
        return namespaces.user().isPresent()
                ? other.withNamespaces(other.namespaces().withUser(IdRange.DEFAULT))
                : other;
    }

    private int show(String id, Explanation explanation) {
        if (form.equals("sh")) {
            script(id, explanation).forEach(spec.commandLine().getOut()::println);
            spec.commandLine().getOut().flush();
        } else if (options.json()) {
            printer().json(ExplanationView.json(explanation));
        } else {
            explanation.lines().forEach(printer()::line);
        }
        return ExitCode.DONE;
    }

    private static List<String> script(String id, Explanation plan) {
        try {
            return ShellScript.of(id, plan);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void tell(String text) {
        spec.commandLine().getErr().println("slipway: " + text);
    }

    private Printer printer() {
        return new Printer(spec.commandLine().getOut());
    }
}
