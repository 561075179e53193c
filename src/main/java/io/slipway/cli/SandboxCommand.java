package io.slipway.cli;

import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
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
        try (Sandboxes sandboxes = begun(options::open)) {
            return run(sandboxes);
        }
    }

    /** Exit code when it fails before it has begun what it is for. */
    int notBegun() {
        return ExitCode.FAILED;
    }

    /** What comes before that. */
    interface Beginning<T> {
        T make() throws IOException;
    }

    /** Makes what it begins with; wrong usage stays that. */
    final <T> T begun(Beginning<T> beginning) {
        try {
            return beginning.make();
        } catch (CommandFailed e) {
            boolean other = e.exitCode() == ExitCode.FAILED && notBegun() != ExitCode.FAILED;
            throw other ? new CommandFailed(notBegun(), String.valueOf(e.getMessage())) : e;
        } catch (IOException | UncheckedIOException e) {
            throw new CommandFailed(
                    notBegun(), spec.name() + " failed: " + FailureText.of(e).orElseGet(e::toString));
        }
    }

    /** Returns the exit code. */
    abstract int run(Sandboxes sandboxes) throws Exception;

    /** What is done to one of several containers. */
    interface Deed {
        void to(Sandbox sandbox) throws Exception;
    }

    /** Does something to each of them, also when it fails for some, and tells of those; returns the exit code of the last of these, or 0. */
    final int forEach(List<String> ids, Sandboxes sandboxes, Deed deed) {
        int code = ExitCode.DONE;
        for (String id : ids) {
            try {
                deed.to(RuntimeOptions.find(sandboxes, id));
            } catch (CommandFailed e) {
                tell(String.valueOf(e.getMessage()));
                code = e.exitCode();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailed(ExitCode.FAILED, "interrupted at container " + id);
            } catch (Exception e) {
                tell(String.valueOf(e.getMessage()));
                code = ExitCode.FAILED;
            }
        }
        return code;
    }

    /**
     * Before a container is ended on purpose: its {@code slipway run --restart} is not to start it again.
     *
     * @return what is to be ended; it may have been started again just before
     */
    static Sandbox forgoRestarts(Sandboxes sandboxes, Sandbox found) throws IOException {
        found.forgoRestarts();
        return sandboxes.current(found);
    }

    final RuntimeOptions options() {
        return options;
    }

    final Printer printer() {
        return new Printer(spec.commandLine().getOut());
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    final void tell(String text) {
        err().println("slipway: " + text);
        err().flush();
    }
}
