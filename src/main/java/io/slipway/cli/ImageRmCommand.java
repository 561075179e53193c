package io.slipway.cli;

import io.slipway.image.ImageStore;
import io.slipway.image.Pruned;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code slipway image rm}. */
@Command(
        name = "rm",
        description =
                "Remove images by name or sha256:... digest, and what only they need. Refused for what containers stand on.")
final class ImageRmCommand implements Callable<Integer> {
    @Mixin
    private ImageOptions options = new ImageOptions();

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "As 'slipway image ls' shows it.")
    private List<String> names = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        ImageStore store = options.store();
        Printer printer = new Printer(spec.commandLine().getOut());
        for (String name : names) {
            Pruned removed = ImageCommand.failing(() -> store.remove(
                    name, () -> ImagePruneCommand.stoodOn(options.dataDirectory()), ImagePruneCommand.WITHIN));
            if (options.json()) {
                printer.json(ImagePruneCommand.json(removed, false).put("removed", name));
            } else {
                printer.line("Removed " + name);
            }
        }
        return ExitCode.DONE;
    }
}
