package io.slipway.app;

import io.slipway.cli.Cli;

/** Entry point of every role and command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Cli.commandLine(new UpCommand(), new AgentCommand(), new ControllerCommand(), new ProxyCommand())
                .execute(args));
    }
}
