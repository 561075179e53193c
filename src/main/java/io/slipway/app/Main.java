package io.slipway.app;

import io.slipway.cli.Cli;

/** Entry point of every role and command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Object[] roles = {
            new UpCommand(), new DemoCommand(), new ControllerCommand(), new AgentCommand(), new ProxyCommand()
        };
        System.exit(Cli.commandLine(roles).execute(args));
    }
}
