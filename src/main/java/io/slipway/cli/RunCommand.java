package io.slipway.cli;

import io.slipway.image.ImageHold;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.OpenConsole;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxException;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            "memory limit); 127 when its command or the interpreter of that is not there, 126 when it cannot be executed;",
            "125 when it could not be started. One that was given up at --start-limit, or stopped for being unhealthy, has",
            "failed: 1 where it exited with 0."
        })
final class RunCommand extends SandboxCommand {
    private static final String NOBODY_THERE =
            "--restart and --health-... are the work of this 'slipway run', which ends at"
                    + " once with --detach. Leave --detach out (a terminal of its own, or a unit of the service manager), or make it a"
                    + " service: a service file with 'restart' and 'health', run by 'slipway up'.";

    @Option(
            names = "--rm",
            description = "Remove it when it has ended; if this command is gone by then, the next one does.")
    private boolean remove;

    @Option(
            names = {"-d", "--detach"},
            description = "Print its id and leave it running. What it writes is limited by --log-max-... all the same.")
    private boolean detach;

    @Option(
            names = "--name",
            paramLabel = "ID",
            description = "Its id: 1 to 63 letters, digits, '-', '.' and '_'. Default: a random one.")
    private @Nullable String name;

    @Mixin
    private ConsoleOptions console = new ConsoleOptions();

    @Mixin
    private ContainerOptions container = new ContainerOptions();

    @Mixin
    private UpkeepOptions upkeep = new UpkeepOptions();

    @Parameters(
            index = "0",
            paramLabel = "IMAGE",
            description = "A reference, oci:DIR[:TAG] or docker-archive:FILE. Pulled if it is not here.")
    private String image = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "CMD", description = "Instead of the image's command.")
    private List<String> command = new ArrayList<>();

    @Override
    int notBegun() {
        return ContainerOptions.NOT_STARTED;
    }

    @Override
    int run(Sandboxes sandboxes) throws Exception {
        Upkeep wanted = upkeep.upkeep();
        if (detach && wanted.wanted()) {
            throw new CommandFailed(ExitCode.USAGE, NOBODY_THERE);
        }
        console.check(detach, wanted);
        checkName();
        Map<String, byte[]> secrets = begun(container::secrets);
        if (detach) {
            return leave(begun(() -> begin(sandboxes, secrets)));
        }
        try (Interruption interruption = new Interruption(
                this::say, () -> console.terminal().ifPresent(ours -> ConsoleRelay.setBack(ours, this::say)))) {
            Sandbox started = begun(() -> begin(sandboxes, secrets));
            try (AutoCloseable _ = () -> started.console().ifPresent(OpenConsole::close)) {
                return attend(
                        sandboxes,
                        new Attendance(sandboxes, started, wanted, secrets, interruption, this::say),
                        interruption);
            }
        }
    }

    /** Before anything is pulled or read for it. */
    private void checkName() {
        if (name == null) {
            return;
        }
        try {
            SandboxSpec.checkId(name);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, "--name " + e.getMessage());
        }
    }

    /** Also while our terminal is raw, which does not go back to the first column by itself. */
    private void say(String text) {
        tell(console.terminal().isPresent() ? text + "\r" : text);
    }

    /** Nobody prunes the image between its coming and the container's standing on it. */
    private Sandbox begin(Sandboxes sandboxes, Map<String, byte[]> secrets) throws IOException {
        try (ImageHold _ = options().images().hold()) {
            SandboxSpec spec = spec();
            sandboxes.notes(spec.limits()).forEach(note -> tell("note: " + note));
            return start(sandboxes, spec, secrets);
        }
    }

    private Sandbox start(Sandboxes sandboxes, SandboxSpec spec, Map<String, byte[]> secrets) {
        try {
            return sandboxes.start(spec, secrets);
        } catch (SandboxException e) {
            throw new CommandFailed(e.code(), String.valueOf(e.getMessage()));
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
    }

    private int leave(Sandbox sandbox) {
        try {
            sandbox.limitLogAlone();
        } catch (IOException e) {
            tell("note: what container " + sandbox.id() + " writes is not limited before a 'slipway logs': "
                    + e.getMessage());
        }
        if (options().json()) {
            printer().json(SandboxView.json(sandbox));
        } else {
            printer().line(sandbox.id());
        }
        return ExitCode.DONE;
    }

    private Exit attend(Attendance attendance) throws IOException, InterruptedException {
        LogFollower.Sink sink = LogSinks.plain(System.out, System.err, false);
        Optional<OpenConsole> open = attendance.current().console();
        if (open.isEmpty()) {
            return attendance.attend(sink);
        }
        try (ConsoleRelay relay =
                ConsoleRelay.begin(open.get(), console.terminal(), console.interactive(), this::say)) {
            Exit exit = attendance.attend(sink);
            relay.finish();
            return exit;
        }
    }

    private int attend(Sandboxes sandboxes, Attendance attendance, Interruption interruption)
            throws IOException, InterruptedException {
        Exit exit = attend(attendance);
        Sandbox sandbox = attendance.current();
        ObjectNode shown = SandboxView.json(sandbox);
        if (remove) {
            sandboxes.remove(sandbox);
        }
        if (options().json()) {
            printer().json(shown);
        } else if (exit.kind() != Exit.Kind.EXITED) {
            tell("container " + sandbox.id() + " ended: " + exit.text());
        }
        boolean failed = exit.code() < 0 || exit.code() == ExitCode.DONE && attendance.failed();
        return interruption.code().orElse(failed ? ExitCode.FAILED : exit.code());
    }

    private SandboxSpec spec() throws IOException {
        String id = name != null ? name : ContainerOptions.newId();
        return container
                .spec(id, image, command, options(), err(), this::tell)
                .withConsole(console.console())
                .withAtEnd(remove ? SandboxSpec.AtEnd.REMOVE : SandboxSpec.AtEnd.KEEP);
    }
}
