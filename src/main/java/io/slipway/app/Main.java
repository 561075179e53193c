package io.slipway.app;

import io.slipway.cli.Cli;
import io.slipway.cli.ExitCode;
import io.slipway.cli.JudgeLine;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/** Entry point of every role and command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("oci")) {
            // Before anything else is loaded: others wait for this one.
            OciMain.main(Arrays.copyOfRange(args, 1, args.length));
        }
        if (args.length > 0
                && args[0].equals("judge")
                && JudgeLine.answers(List.of(args), new PrintWriter(System.out), new PrintWriter(System.err))) {
            System.exit(ExitCode.DONE);
        }
        System.exit(commandLine().execute(args));
    }

    /** All commands. */
    static CommandLine commandLine() {
        return Cli.commandLine(
                new UpCommand(), new DemoCommand(), new ControllerCommand(), new AgentCommand(), new ProxyCommand());
    }
}
