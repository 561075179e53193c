package io.slipway.cli;

import io.slipway.base.TerminalText;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root command. Commands that need no server start no Spring. */
@Command(
        name = "slipway",
        versionProvider = Cli.Version.class,
        description = "Releases containers to your own Linux hosts, watches them, and takes them back by itself.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 reverted or aborted, 4 cannot reach the "
                    + "controller, 5 still waiting, 6 superseded."
        })
public final class Cli {
    @Mixin
    private HelpOption help = new HelpOption();

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and end.")
    private boolean version;

    private Cli() {}

    /** The whole command line; {@code more} are the commands of other rooms. */
    public static CommandLine commandLine(Object... more) {
        CommandLine line = new CommandLine(new Cli());
        ApiCommands.all().forEach(line::addSubcommand);
        RuntimeCommands.all().forEach(line::addSubcommand);
        line.addSubcommand(new JudgeCommand());
        ImageCommands.all().forEach(line::addSubcommand);
        for (Object command : more) {
            line.addSubcommand(command);
        }
        line.setExecutionExceptionHandler((failure, at, parsed) -> report(failure, at));
        line.setParameterExceptionHandler((wrong, arguments) -> wrongUsage(wrong, arguments.length == 0));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    /** @param bare nothing at all was said */
    private static int wrongUsage(ParameterException wrong, boolean bare) {
        CommandLine at = wrong.getCommandLine();
        PrintWriter err = at.getErr();
        if (bare) {
            at.usage(err);
            return ExitCode.USAGE;
        }
        err.println("slipway: " + wrong.getMessage());
        UnmatchedArgumentException.printSuggestions(wrong, err);
        err.println(hint(at));
        return ExitCode.USAGE;
    }

    private static String hint(CommandLine at) {
        return "See '" + at.getCommandSpec().qualifiedName() + " --help'.";
    }

    private static int report(Exception failure, CommandLine at) {
        PrintWriter err = at.getErr();
        if (failure instanceof CommandFailed known) {
            err.println("slipway: " + TerminalText.lines(String.valueOf(known.getMessage())));
            if (known.exitCode() == ExitCode.USAGE) {
                err.println(hint(at));
            }
            return known.exitCode();
        }
        Optional<String> plain = FailureText.of(failure);
        err.println("slipway: " + at.getCommandName() + " failed: "
                + TerminalText.lines(plain.orElseGet(failure::toString)));
        if (System.getenv("SLIPWAY_DEBUG") != null) {
            failure.printStackTrace(err);
        } else if (plain.isEmpty()) {
            err.println("Set SLIPWAY_DEBUG=1 to see where.");
        }
        return ExitCode.FAILED;
    }

    /** From the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Cli.class.getPackage().getImplementationVersion();
            return new String[] {"slipway " + (version == null ? "(unpacked classes)" : version)};
        }
    }
}
