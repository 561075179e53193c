package io.slipway.cli;

import java.util.List;

/** The commands that speak to a controller. */
final class ApiCommands {
    private ApiCommands() {}

    static List<Object> all() {
        return List.of(
                new ReleaseCommand(),
                new PlanCommand(),
                new RevertCommand(),
                new RolloutCommand(),
                new WhyCommand(),
                new ReplayCommand(),
                new ServiceCommand(),
                new HostCommand(),
                new RunbookCommand());
    }
}
