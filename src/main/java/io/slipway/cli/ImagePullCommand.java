package io.slipway.cli;

import io.slipway.image.Image;
import io.slipway.image.Platform;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH",
            description =
                    "Of an image for several, e.g. linux/arm64. Default: this machine's. Others can be looked into and"
                            + " exported, not run.")
    private @Nullable String platform;

    @Parameters(paramLabel = "IMAGE", description = "[REGISTRY/]REPOSITORY[:TAG][@sha256:...].")
    private String name = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Platform platform() {
        try {
            return platform == null ? Platform.here() : Platform.parse(platform);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, "--platform: " + e.getMessage());
        }
    }

    @Override
    public Integer call() {
        Image image = ImageCommand.failing(() -> registry.pull(
                options.store(),
                options.dataDirectory(),
                name,
                platform(),
                spec.commandLine().getErr()));
        Printer printer = new Printer(spec.commandLine().getOut());
        if (options.json()) {
            printer.json(ImageCommand.summary(image));
        } else {
            printer.line("Pulled " + image.reference() + " as " + image.manifestDigest()
                    + (platform == null ? "" : " for " + platform));
        }
        return ExitCode.DONE;
    }
}
