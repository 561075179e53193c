package io.slipway.cli;

import io.slipway.linux.OwnTerminal;
import io.slipway.linux.SyscallException;
import io.slipway.linux.WindowSize;
import io.slipway.sandbox.Console;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code slipway run} passes on between a container and who uses it. */
final class ConsoleOptions {
    private static final String NOBODY_THERE =
            "-i and -t need this 'slipway run' for as long as the container runs, which ends at once with --detach. Leave one"
                    + " of them out; what runs detached is entered with 'slipway exec -it ID sh'.";

    private static final String STARTED_ONCE =
            "-i and -t cannot be had with --restart and --health-...: what was typed is not typed again, and a terminal ends"
                    + " with what ran in it. Leave one of them out; what is started again is entered with 'slipway exec -it ID"
                    + " sh'.";

    private static final String NO_TERMINAL =
            "-t gives the container a terminal to be used from ours, but standard input is none. Leave -t out; -i alone"
                    + " passes a pipe or a file on.";

    @Option(
            names = {"-i", "--interactive"},
            description = "Pass standard input on, to its end.")
    private boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "Give it a terminal, used from ours: its keys (with -i), its size. Nothing of it is logged.")
    private boolean tty;

    private @Nullable OwnTerminal terminal;

    /**
     * Finds our terminal if one is asked for.
     *
     * @throws CommandFailed if what is asked for cannot be had
     */
    void check(boolean detach, Upkeep upkeep) {
        if (asked() && detach) {
            throw new CommandFailed(ExitCode.USAGE, NOBODY_THERE);
        }
        if (asked() && upkeep.wanted()) {
            throw new CommandFailed(ExitCode.USAGE, STARTED_ONCE);
        }
        terminal = tty ? OwnTerminal.find().orElseThrow(() -> new CommandFailed(ExitCode.USAGE, NO_TERMINAL)) : null;
    }

    boolean asked() {
        return interactive || tty;
    }

    /** Empty if none is asked for. */
    Optional<OwnTerminal> terminal() {
        return Optional.ofNullable(terminal);
    }

    boolean interactive() {
        return interactive;
    }

    Console console() throws SyscallException {
        Optional<WindowSize> size = terminal == null ? Optional.empty() : Optional.of(terminal.size());
        return new Console(interactive, size);
    }
}
