package io.slipway.cli;

import io.slipway.sandbox.Sandboxes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command over the containers made by hand. */
abstract class SandboxCommand implements Callable<Integer> {
    @Mixin
    private RuntimeOptions options = new RuntimeOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public final Integer call() throws Exception {
        try (Sandboxes sandboxes = options.open()) {
            return run(sandboxes);
        }
    }

    /** Returns the exit code. */
    abstract int run(Sandboxes sandboxes) throws Exception;

    final RuntimeOptions options() {
        return options;
    }

    final Printer printer() {
        return new Printer(spec.commandLine().getOut());
    }

    final void tell(String text) {
        spec.commandLine().getErr().println("slipway: " + text);
        spec.commandLine().getErr().flush();
    }
}
