package io.slipway.cli;

import io.slipway.sandbox.Console;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.OpenConsole;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxException;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/** A command that starts a container, and either leaves it running or stays with it until its end. */
abstract class StartingCommand extends SandboxCommand {
    private static final String NOBODY_THERE =
            "--restart and --health-... are the work of this 'slipway run', which ends at"
                    + " once with --detach. Leave --detach out (a terminal of its own, or a unit of the service manager), or make it a"
                    + " service: a service file with 'restart' and 'health', run by 'slipway up'.";

    @Mixin
    private ConsoleOptions console = new ConsoleOptions();

    @Mixin
    private UpkeepOptions upkeep = new UpkeepOptions();

    /** What was started, and what shows from where on what it writes. */
    record Started(Sandbox sandbox, LogFollower logs) {}

    @Override
    int notBegun() {
        return ContainerOptions.NOT_STARTED;
    }

    /** Whether anything is asked for that needs this command for as long as the container runs. */
    final boolean staysAsked() {
        return console.asked() || upkeep.upkeep().wanted();
    }

    /** @throws CommandFailed if what is asked for cannot be had together */
    final void check(boolean detach) {
        Upkeep wanted = upkeep.upkeep();
        if (detach && wanted.wanted()) {
            throw new CommandFailed(ExitCode.USAGE, NOBODY_THERE);
        }
        console.check(detach, wanted);
    }

    final Console console() throws IOException {
        return console.console();
    }

    /** What a start that failed ends with. */
    static Sandbox started(Beginning<Sandbox> start) {
        try {
            return start.make();
        } catch (SandboxException e) {
            throw new CommandFailed(e.code(), String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            // A limit beyond what this host has.
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        } catch (FileAlreadyExistsException e) {
            Path name = Path.of(e.getFile()).getFileName();
            throw new CommandFailed(
                    ContainerOptions.NOT_STARTED,
                    "there is a container '" + name + "' already. Remove it with 'slipway rm " + name + "'.");
        } catch (IOException e) {
            throw new CommandFailed(ContainerOptions.NOT_STARTED, String.valueOf(e.getMessage()));
        }
    }

    final void leave(Sandbox sandbox) {
        try {
            sandbox.limitLogAlone();
        } catch (IOException e) {
            tell("note: what container " + sandbox.id() + " writes is not limited before a 'slipway logs': "
                    + e.getMessage());
        }
        SandboxView.changed(sandbox, options(), printer());
    }

    /** Until its end; returns the exit code. */
    final int stay(Sandboxes sandboxes, Map<String, byte[]> secrets, Beginning<Started> start)
            throws IOException, InterruptedException {
        try (Interruption interruption = new Interruption(
                this::say, () -> console.terminal().ifPresent(ours -> ConsoleRelay.setBack(ours, this::say)))) {
            Started started = begun(start);
            try (LogFollower logs = started.logs()) {
                Attendance attendance = new Attendance(
                        sandboxes, started.sandbox(), logs, upkeep.upkeep(), secrets, interruption, this::say);
                Exit exit = attend(attendance, started.sandbox().console());
                return end(sandboxes, attendance, exit, interruption);
            } finally {
                started.sandbox().console().ifPresent(OpenConsole::close);
            }
        }
    }

    /** Also while our terminal is raw, which does not go back to the first column by itself. */
    private void say(String text) {
        tell(console.terminal().isPresent() ? text + "\r" : text);
    }

    private Exit attend(Attendance attendance, Optional<OpenConsole> open) throws IOException, InterruptedException {
        LogFollower.Sink sink = LogSinks.plain(System.out, System.err, false);
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

    private int end(Sandboxes sandboxes, Attendance attendance, Exit exit, Interruption interruption)
            throws IOException, InterruptedException {
        Sandbox sandbox = attendance.current();
        ObjectNode shown = SandboxView.json(sandbox);
        if (sandbox.spec().atEnd() == SandboxSpec.AtEnd.REMOVE) {
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
}
