package io.slipway.cli;

import io.slipway.linux.OwnTerminal;
import io.slipway.linux.SyscallException;
import io.slipway.linux.WindowSize;
import io.slipway.sandbox.Exec;
import io.slipway.sandbox.ExecException;
import io.slipway.sandbox.ExecSpec;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway exec}. */
@Command(
        name = "exec",
        description = "Execute a command in a container that runs.",
        footer = {
            "",
            "Ends with the command's own exit code; 128 + signal when a signal ended it; 124 when its time "
                    + "was over; 127 when the command or its interpreter is not there, 126 when it cannot be "
                    + "executed; 125 when nothing was begun."
        })
final class ExecCommand extends SandboxCommand {
    private static final Duration TO_END = Duration.ofSeconds(2);

    @Option(
            names = {"-i", "--interactive"},
            description = "Pass standard input on.")
    private boolean interactive;

    @Option(
            names = {"-t", "--terminal", "--tty"},
            description = "Give it a terminal of the container's own.")
    private boolean terminal;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER[:GROUP]",
            description = "Instead of the container's user.")
    private @Nullable String user;

    @Option(
            names = {"-w", "--workdir"},
            paramLabel = "DIR",
            description = "Instead of the container's working directory.")
    private @Nullable String directory;

    @Mixin
    private EnvironmentOptions environment = new EnvironmentOptions();

    @Option(names = "--timeout", paramLabel = "DURATION", description = "Kill it after that. Default: never.")
    private @Nullable String timeout;

    @Parameters(index = "0", paramLabel = "CONTAINER")
    private String id = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "CMD", description = "And its arguments.")
    private List<String> command = new ArrayList<>();

    @Override
    int notBegun() {
        return ContainerOptions.NOT_STARTED;
    }

    @Override
    int run(Sandboxes sandboxes) throws Exception {
        Sandbox sandbox = begun(() -> RuntimeOptions.find(sandboxes, id));
        Optional<OwnTerminal> ours = terminal && interactive ? OwnTerminal.find() : Optional.empty();
        ExecSpec spec = spec(ours);
        try (Exec exec = begun(() -> begin(sandbox, spec))) {
            Exit exit = attend(exec, ours);
            if (options().json()) {
                printer().json(SandboxView.json(exit));
            } else if (exit.kind() != Exit.Kind.EXITED) {
                tell("the command ended: " + exit.text());
            }
            return exit.code() < 0 ? ExitCode.FAILED : exit.code();
        }
    }

    private static Exec begin(Sandbox sandbox, ExecSpec spec) throws IOException {
        try {
            return sandbox.exec(spec);
        } catch (ExecException e) {
            throw new CommandFailed(e.code(), String.valueOf(e.getMessage()));
        }
    }

    private ExecSpec spec(Optional<OwnTerminal> ours) throws SyscallException {
        WindowSize size = ours.isPresent() ? ours.get().size() : WindowSize.DEFAULT;
        try {
            return ExecSpec.of(command)
                    .withInput(interactive)
                    .withTerminal(terminal ? Optional.of(size) : Optional.empty())
                    .withUser(Optional.ofNullable(user))
                    .withWorkingDirectory(Optional.ofNullable(directory))
                    .withEnv(environment.over(Map.of(), this::tell))
                    .withAtMost(Optional.ofNullable(timeout).map(text -> Durations.positive("--timeout", text)));
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private Exit attend(Exec exec, Optional<OwnTerminal> ours) throws IOException, InterruptedException {
        // Ctrl-C and SIGTERM end us by running the hooks; the command would go on without this one.
        Thread interrupted = new Thread(() -> end(exec, ours));
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            if (ours.isPresent()) {
                ours.get().makeRaw();
                ours.get().onResize(size -> resize(exec, size));
            }
            Exit exit = new ExecRelay(exec, terminal).run(interactive);
            Runtime.getRuntime().removeShutdownHook(interrupted);
            return exit;
        } finally {
            if (ours.isPresent()) {
                ours.get().close();
            }
        }
    }

    private void resize(Exec exec, WindowSize size) {
        try {
            exec.resize(size);
        } catch (SyscallException e) {
            tell("the terminal keeps its old size: " + e.getMessage());
        }
    }

    private void end(Exec exec, Optional<OwnTerminal> ours) {
        try {
            if (ours.isPresent()) {
                ours.get().close();
            }
            exec.signal("SIGTERM");
            if (exec.awaitExit(TO_END).isEmpty()) {
                exec.signal("SIGKILL");
            }
        } catch (SyscallException e) {
            tell("the command could not be ended: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
