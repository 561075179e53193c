package io.slipway.cli;

import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxException;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code slipway run}. */
@Command(
        name = "run",
        description = "Run a container, and wait for its end unless --detach is given.",
        footer = {
            "",
            "Ends with the container's own exit code; 128 + signal when a signal ended it (137: killed, also over its",
            "memory limit); 127 when its command is not there or cannot be executed; 125 when it could not be started."
        })
final class RunCommand extends SandboxCommand {
    private static final int NOT_FOUND = 127;
    private static final Duration GRACE = Duration.ofSeconds(10);

    @Option(names = "--rm", description = "Remove it when it has ended.")
    private boolean remove;

    @Option(names = "--detach", description = "Print its id and leave it running.")
    private boolean detach;

    @Option(names = "--name", paramLabel = "ID", description = "Its id. Default: a random one.")
    private @Nullable String name;

    @Mixin
    private ContainerOptions container = new ContainerOptions();

    @Parameters(
            index = "0",
            paramLabel = "IMAGE",
            description = "oci:DIR[:TAG], docker-archive:FILE, or what was imported.")
    private String image = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "CMD", description = "Instead of the image's command.")
    private List<String> command = new ArrayList<>();

    @Override
    int run(Sandboxes sandboxes) throws Exception {
        Sandbox sandbox;
        try {
            sandbox = sandboxes.start(spec(), container.secrets());
        } catch (SandboxException e) {
            boolean notFound = String.valueOf(e.getMessage()).contains(" faccessat(");
            throw new CommandFailed(
                    notFound ? NOT_FOUND : ContainerOptions.NOT_STARTED, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            // A limit beyond what this host has.
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw new CommandFailed(
                    ContainerOptions.NOT_STARTED,
                    "there is a container '" + name + "' already. Remove it with 'slipway rm " + name + "'.");
        } catch (IOException e) {
            throw new CommandFailed(ContainerOptions.NOT_STARTED, String.valueOf(e.getMessage()));
        }
        return detach ? leave(sandbox) : attend(sandboxes, sandbox);
    }

    private int leave(Sandbox sandbox) {
        if (options().json()) {
            printer().json(SandboxView.json(sandbox));
        } else {
            printer().line(sandbox.id());
        }
        return ExitCode.DONE;
    }

    private int attend(Sandboxes sandboxes, Sandbox sandbox) throws IOException, InterruptedException {
        // Ctrl-C and SIGTERM end us by running the hooks; the container would go on without this one.
        Thread interrupted = new Thread(() -> end(sandboxes, sandbox));
        Runtime.getRuntime().addShutdownHook(interrupted);
        Exit exit = new LogFollower(sandbox).follow(LogSinks.plain(System.out, System.err, false));
        try {
            Runtime.getRuntime().removeShutdownHook(interrupted);
        } catch (IllegalStateException e) {
            // On the way out already: the hook does the rest.
            return exit.code();
        }
        ObjectNode shown = SandboxView.json(sandbox);
        if (remove) {
            sandboxes.remove(sandbox);
        }
        if (options().json()) {
            printer().json(shown);
        } else if (exit.kind() != Exit.Kind.EXITED) {
            tell("container " + sandbox.id() + " ended: " + exit.text());
        }
        return exit.code() < 0 ? ExitCode.FAILED : exit.code();
    }

    private void end(Sandboxes sandboxes, Sandbox sandbox) {
        try {
            sandbox.stop("SIGTERM", GRACE);
            if (remove) {
                sandboxes.remove(sandbox);
                sandboxes.settle();
            }
        } catch (IOException e) {
            tell("container " + sandbox.id() + " could not be ended: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SandboxSpec spec() throws IOException {
        String id = name != null ? name : ContainerOptions.newId();
        return container.spec(id, image, command, options(), this::tell);
    }
}
