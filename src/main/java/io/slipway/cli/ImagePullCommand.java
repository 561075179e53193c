package io.slipway.cli;

import io.slipway.image.Image;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code slipway image pull}. */
@Command(
        name = "pull",
        description = "Pull an image from its registry; verify and unpack it. Credentials are those of docker login.")
final class ImagePullCommand implements Callable<Integer> {
    @Mixin
    private ImageOptions options = new ImageOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Parameters(paramLabel = "IMAGE", description = "[REGISTRY/]REPOSITORY[:TAG][@sha256:...].")
    private String name = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Image image = ImageCommand.failing(() -> registry.pull(
                options.store(),
                options.dataDirectory(),
                name,
                spec.commandLine().getErr()));
        Printer printer = new Printer(spec.commandLine().getOut());
        if (options.json()) {
            printer.json(ImageCommand.summary(image));
        } else {
            printer.line("Pulled " + image.reference() + " as " + image.manifestDigest());
        }
        return ExitCode.DONE;
    }
}
