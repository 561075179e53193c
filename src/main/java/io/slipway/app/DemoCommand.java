package io.slipway.app;

import io.slipway.app.demo.Demo;
import io.slipway.app.demo.DemoSummary;
import io.slipway.cli.ApiClient;
import io.slipway.cli.CommandFailed;
import io.slipway.cli.ExitCode;
import io.slipway.cli.HelpOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code slipway demo}. */
@Command(
        name = "demo",
        description = "Release a sample service twice on this machine; the second revision is slower on some requests "
                + "and fails a few, and is taken back before your eyes. Needs root. Everything it makes is gone "
                + "when it ends.")
public final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HelpOption help = new HelpOption();

    @Option(names = "--healthy", description = "Make the second revision as good as the first; it must settle.")
    private boolean healthy;

    @Option(
            names = "--keep",
            description = "Leave everything running at the end, and say how to see it and take it away.")
    private boolean keep;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            description = "table or json. With json the last line is the summary. Default: table.")
    private Output output = Output.TABLE;

    /** How the end is printed. */
    enum Output {
        TABLE,
        JSON
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new CommandFailed(
                    ExitCode.FAILED, "the demo makes real containers, which needs root. Run: sudo ./slipway demo");
        }
        PrintWriter out = spec.commandLine().getOut();
        Demo demo = new Demo(healthy, keep, text -> {
            out.println(text);
            out.flush();
        });
        DemoSummary summary = demo.run();
        if (output == Output.JSON) {
            out.println(ApiClient.JSON.writeValueAsString(summary));
        } else {
            Demo.sentences(summary, keep).forEach(out::println);
        }
        out.flush();
        return summary.asExpected(healthy) ? ExitCode.DONE : ExitCode.FAILED;
    }
}
