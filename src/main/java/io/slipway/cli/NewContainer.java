package io.slipway.cli;

import io.slipway.image.ImageHold;
import io.slipway.sandbox.Console;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code run} and {@code create} take for a container that is not there yet. */
final class NewContainer {
    @Option(
            names = "--rm",
            description = "Remove it when it has ended; if this command is gone by then, the next one does.")
    private boolean remove;

    @Option(
            names = "--name",
            paramLabel = "ID",
            description = "Its id: 1 to 63 letters, digits, '-', '.' and '_'. Default: a random one.")
    private @Nullable String name;

    @Mixin
    private ContainerOptions container = new ContainerOptions();

    @Parameters(
            index = "0",
            paramLabel = "IMAGE",
            description = "A reference, oci:DIR[:TAG] or docker-archive:FILE. Pulled if it is not here.")
    private String image = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "CMD", description = "Instead of the image's command.")
    private List<String> command = new ArrayList<>();

    /** How it comes about. */
    interface Making {
        Sandbox make(SandboxSpec spec) throws IOException;
    }

    /** Before anything is pulled or read for it. */
    void checkName() {
        if (name == null) {
            return;
        }
        try {
            SandboxSpec.checkId(name);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, "--name " + e.getMessage());
        }
    }

    /** Contents by name. */
    Map<String, byte[]> secrets() throws IOException {
        return container.secrets();
    }

    /** Nobody prunes the image between its coming and the container's standing on it. */
    Sandbox make(SandboxCommand by, Sandboxes sandboxes, Console console, Making making) throws IOException {
        try (ImageHold _ = by.options().images().hold()) {
            String id = name != null ? name : ContainerOptions.newId();
            SandboxSpec spec = container
                    .spec(id, image, command, by.options(), by.err(), by::tell)
                    .withConsole(console)
                    .withAtEnd(remove ? SandboxSpec.AtEnd.REMOVE : SandboxSpec.AtEnd.KEEP);
            sandboxes.notes(spec.limits()).forEach(note -> by.tell("note: " + note));
            return StartingCommand.started(() -> making.make(spec));
        }
    }
}
