package io.slipway.cli;

import picocli.CommandLine.Option;

/** That every command has. */
public final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and end.")
    private boolean help;
}
