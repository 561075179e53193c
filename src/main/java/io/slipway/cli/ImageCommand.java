package io.slipway.cli;

import io.slipway.image.Image;
import io.slipway.image.ImageConfig;
import io.slipway.image.ImageException;
import io.slipway.image.InvalidReference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code slipway image}. */
@Command(
        name = "image",
        description = "Pull, import and see the images of this host.",
        subcommands = {ImagePullCommand.class})
final class ImageCommand extends CommandGroup {
    @Command(name = "import", description = "Take an image in from a directory or a file; verify and unpack it.")
    int importImage(
            @Parameters(paramLabel = "SOURCE", description = "oci:DIR[:TAG] or docker-archive:FILE.") String source,
            @Mixin ImageOptions options) {
        Image image = failing(() -> options.store().importFrom(source));
        if (options.json()) {
            printer().json(summary(image));
        } else {
            printer().line("Imported " + image.reference() + " as " + image.manifestDigest());
        }
        return ExitCode.DONE;
    }

    @Command(name = "ls", description = "All images by name.")
    int ls(@Mixin ImageOptions options) {
        List<Image> images = failing(() -> options.store().list());
        if (options.json()) {
            ArrayNode list = ApiClient.JSON.createArrayNode();
            images.forEach(image -> list.add(summary(image)));
            printer().json(list);
            return ExitCode.DONE;
        }
        List<List<String>> rows = new ArrayList<>();
        for (Image image : images) {
            rows.add(List.of(
                    image.reference(),
                    image.manifestDigest().brief(),
                    String.valueOf(image.layers().size()),
                    String.format(Locale.ROOT, "%.1f MiB", image.sizeBytes() / 1048576.0)));
        }
        printer().table(List.of("IMAGE", "DIGEST", "LAYERS", "SIZE"), rows);
        return ExitCode.DONE;
    }

    @Command(name = "inspect", description = "Everything about one image.")
    int inspect(
            @Parameters(paramLabel = "IMAGE", description = "As it was imported, or sha256:... of its manifest.")
                    String reference,
            @Mixin ImageOptions options) {
        Image image = failing(() -> options.store().resolve(reference))
                .orElseThrow(() -> new CommandFailed(
                        ExitCode.FAILED,
                        "there is no image '" + reference
                                + "' in this store; 'slipway image ls' shows those there are"));
        ObjectNode node = details(image);
        if (options.json()) {
            printer().json(node);
        } else {
            printer().pretty(node);
        }
        return ExitCode.DONE;
    }

    static <T> T failing(Reading<T> reading) {
        try {
            return reading.read();
        } catch (InvalidReference e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        } catch (ImageException e) {
            throw new CommandFailed(ExitCode.FAILED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailed(ExitCode.FAILED, "cannot use the image store: " + e);
        }
    }

    static ObjectNode summary(Image image) {
        return ApiClient.JSON
                .createObjectNode()
                .put("reference", image.reference())
                .put("digest", image.manifestDigest().toString())
                .put("layers", image.layers().size())
                .put("sizeBytes", image.sizeBytes());
    }

    /** Field names as in Docker's inspect, where it has them. */
    private static ObjectNode details(Image image) {
        ImageConfig config = image.config();
        ObjectNode node = ApiClient.JSON.createObjectNode();
        node.put("Id", image.configDigest().toString())
                .put("Digest", image.manifestDigest().toString())
                .put("Reference", image.reference())
                .put("Architecture", config.architecture())
                .put("Os", config.os())
                .put("Size", image.sizeBytes());
        ObjectNode run = node.putObject("Config");
        config.entrypoint().forEach(run.putArray("Entrypoint")::add);
        config.cmd().forEach(run.putArray("Cmd")::add);
        ArrayNode env = run.putArray("Env");
        config.env().forEach((name, value) -> env.add(name + "=" + value));
        run.put("User", config.user()).put("WorkingDir", config.workingDir()).put("StopSignal", config.stopSignal());
        config.exposedPorts().forEach(run.putArray("ExposedPorts")::add);
        ObjectNode labels = run.putObject("Labels");
        config.labels().forEach(labels::put);
        ObjectNode root = node.putObject("RootFS").put("Type", "layers");
        image.diffIds().forEach(id -> root.withArray("Layers").add(id.toString()));
        image.layers().forEach(path -> root.withArray("Directories").add(path.toString()));
        return node;
    }

    /** Something that reads the store. */
    interface Reading<T> {
        T read() throws IOException;
    }
}
