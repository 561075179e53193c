package io.slipway.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only has subcommands; alone it is wrong usage. */
abstract class CommandGroup implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HelpOption help = new HelpOption();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Say what to do: " + String.join(", ", spec.subcommands().keySet()) + ".");
    }

    void tell(String text) {
        spec.commandLine().getErr().println("slipway: " + text);
        spec.commandLine().getErr().flush();
    }

    Printer printer() {
        return new Printer(spec.commandLine().getOut());
    }
}
