package io.slipway.cli;

import io.slipway.image.IdShift;
import io.slipway.image.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command on images takes. */
final class ImageOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory of 'slipway up'. Default: $SLIPWAY_DATA, or /var/lib/slipway.")
    private @Nullable Path data;

    @Option(names = "--output", paramLabel = "FORMAT", description = "table or json. Default: table.")
    private ApiOptions.Output output = ApiOptions.Output.TABLE;

    @Mixin
    private HelpOption help = new HelpOption();

    boolean json() {
        return output == ApiOptions.Output.JSON;
    }

    Path dataDirectory() {
        String named = System.getenv("SLIPWAY_DATA");
        return data != null ? data : Path.of(named != null ? named : "/var/lib/slipway");
    }

    ImageStore store() {
        Path directory = dataDirectory();
        try {
            return ImageStore.open(directory.resolve("images"), IdShift.DEFAULT);
        } catch (IOException e) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    "cannot open the image store in " + directory + ": "
                            + FailureText.of(e).orElse(e.toString())
                            + ". Run as root, or name a directory of yours with --data");
        }
    }
}
