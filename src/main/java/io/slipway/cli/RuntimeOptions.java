package io.slipway.cli;

import io.slipway.image.IdShift;
import io.slipway.image.ImageStore;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.network.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command of the runtime takes. Containers made by hand have a directory of their own, which no agent touches. */
final class RuntimeOptions {
    private static final String OWNER = "by-hand";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory. Default: $SLIPWAY_DATA, or /var/lib/slipway.")
    private @Nullable Path data;

    @Option(names = "--output", paramLabel = "FORMAT", description = "table or json. Default: table.")
    private ApiOptions.Output output = ApiOptions.Output.TABLE;

    @Mixin
    private HelpOption help = new HelpOption();

    boolean json() {
        return output == ApiOptions.Output.JSON;
    }

    static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    void needRoot() throws IOException {
        if (!isRoot()) {
            throw new CommandFailed(
                    ExitCode.FAILED, "containers can be started and seen by root only. Try again with sudo.");
        }
    }

    /** Where a directory may be made that is gone when the command ends: beside the data, or with the other temporary files. */
    Path scratch() {
        return Files.isDirectory(dataDirectory())
                ? dataDirectory()
                : Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    }

    Sandboxes open() throws IOException {
        needRoot();
        Sandboxes sandboxes = Sandboxes.openShared(dataDirectory().resolve("run"), OWNER, Optional.of(networks()));
        try {
            sandboxes.adopt();
            return sandboxes;
        } catch (IOException e) {
            sandboxes.close();
            throw e;
        }
    }

    Networks networks() {
        return new Networks(dataDirectory().resolve("networks"));
    }

    ImageStore images() throws IOException {
        return ImageStore.open(dataDirectory().resolve("images"), IdShift.DEFAULT);
    }

    static Sandbox find(Sandboxes sandboxes, String id) {
        return sandboxes
                .find(id)
                .orElseThrow(() -> new CommandFailed(
                        ExitCode.FAILED, "there is no container '" + id + "'. See them with 'slipway ps --all'."));
    }

    Path dataDirectory() {
        String named = System.getenv("SLIPWAY_DATA");
        return data != null ? data : Path.of(named != null ? named : "/var/lib/slipway");
    }
}
