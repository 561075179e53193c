package io.slipway.cli;

import io.slipway.image.HistoryEntry;
import io.slipway.image.Image;
import io.slipway.image.ImageContents;
import io.slipway.image.ImageException;
import io.slipway.image.ImageStore;
import io.slipway.image.InvalidReference;
import io.slipway.image.LayerChange;
import io.slipway.image.LayerUse;
import io.slipway.image.PullSetup;
import io.slipway.image.SignaturePolicy;
import io.slipway.image.registry.RegistriesFile;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code slipway image}. */
@Command(
        name = "image",
        description = "Pull, import, export, see and remove the images of this host.",
        subcommands = {ImagePullCommand.class, ImageRmCommand.class, ImagePruneCommand.class})
final class ImageCommand extends CommandGroup {
    private static final String NAMED = "As it was imported, or sha256:... of its manifest.";

    @Command(name = "import", description = "Take an image in from a directory or a file; verify and unpack it.")
    int importImage(
            @Parameters(paramLabel = "SOURCE", description = "oci:DIR[:TAG] or docker-archive:FILE.") String source,
            @Mixin ImageOptions options) {
        Image image = failing(() -> {
            SignaturePolicy policy = RegistriesFile.read(options.dataDirectory().resolve(RegistriesFile.NAME))
                    .policy();
            PullSetup setup = PullSetup.local(policy);
            return options.store().with(setup).importFrom(source);
        });
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
    int inspect(@Parameters(paramLabel = "IMAGE", description = NAMED) String reference, @Mixin ImageOptions options) {
        ImageStore store = options.store();
        ObjectNode node = ImageDetails.json(find(store, reference), failing(store::list));
        if (options.json()) {
            printer().json(node);
        } else {
            printer().pretty(node);
        }
        return ExitCode.DONE;
    }

    @Command(name = "history", description = "The steps an image was built by, newest first.")
    int history(
            @Parameters(paramLabel = "IMAGE", description = NAMED) String reference,
            @Option(names = "--no-trunc", description = "Whole ids and commands.") boolean whole,
            @Mixin ImageOptions options) {
        ImageStore store = options.store();
        Image image = find(store, reference);
        List<Long> sizes = failing(() -> ImageContents.layers(image)).stream()
                .map(LayerUse::bytes)
                .toList();
        List<HistoryEntry> steps = ImageHistory.orUnknown(
                failing(() -> store.history(image)), image.layers().size());
        if (options.json()) {
            printer().json(ImageHistory.json(image, steps, sizes));
        } else {
            ImageHistory.print(printer(), image, steps, sizes, whole, Instant.now());
        }
        return ExitCode.DONE;
    }

    @Command(
            name = "layers",
            description = "What each layer added, changed and removed, its share of the image, and what is carried for "
                    + "nothing: COPIED of files whose owner, mode or time alone was changed, HIDDEN by later layers.")
    int layers(@Parameters(paramLabel = "IMAGE", description = NAMED) String reference, @Mixin ImageOptions options) {
        List<LayerUse> layers = failing(() -> ImageContents.layers(find(options.store(), reference)));
        if (options.json()) {
            printer().json(ImageLayers.json(layers));
        } else {
            ImageLayers.print(printer(), layers);
        }
        return ExitCode.DONE;
    }

    @Command(name = "tree", description = "The layers of an image and the other images that share them.")
    int tree(@Parameters(paramLabel = "IMAGE", description = NAMED) String reference, @Mixin ImageOptions options) {
        ImageStore store = options.store();
        Image image = find(store, reference);
        List<LayerUse> layers = failing(() -> ImageContents.layers(image));
        List<Image> all = failing(store::list);
        if (options.json()) {
            printer().json(ImageTree.json(image, layers, all));
        } else {
            ImageTree.print(printer(), image, layers, all);
        }
        return ExitCode.DONE;
    }

    @Command(
            name = "diff",
            description =
                    "What the top layer did, or another layer, or what differs in a second image: A, C or D and a path.")
    int diff(
            @Parameters(paramLabel = "IMAGE", index = "0", description = NAMED) String reference,
            @Parameters(paramLabel = "OTHER", index = "1", arity = "0..1", description = "What to compare it with.")
                    @Nullable
                    String other,
            @Option(names = "--layer", paramLabel = "N", description = "0 is the lowest. Default: the top.") @Nullable
                    Integer layer,
            @Mixin ImageOptions options) {
        ImageStore store = options.store();
        Image image = find(store, reference);
        List<LayerChange> changes = other == null
                ? ofLayer(failing(() -> ImageContents.layers(image)), layer)
                : failing(() -> ImageContents.difference(image, find(store, other)));
        if (options.json()) {
            ArrayNode list = ApiClient.JSON.createArrayNode();
            changes.forEach(one -> list.addObject()
                    .put("kind", one.kind().letter())
                    .put("path", one.path())
                    .put("bytes", one.bytes()));
            printer().json(list);
        } else {
            changes.forEach(one -> printer().line(one.kind().letter() + " " + one.path()));
        }
        return ExitCode.DONE;
    }

    @Command(name = "export", description = "Write an image to a directory or a file, for other tools.")
    int export(
            @Parameters(paramLabel = "IMAGE", index = "0", description = NAMED) String reference,
            @Parameters(
                            paramLabel = "TARGET",
                            index = "1",
                            description = "oci:DIR[:TAG], beside what is there, or docker-archive:FILE, a new file.")
                    String target,
            @Mixin ImageOptions options) {
        ImageStore store = options.store();
        Image image = find(store, reference);
        failing(() -> {
            store.exportTo(image, target);
            return target;
        });
        if (options.json()) {
            printer().json(summary(image).put("target", target));
        } else {
            printer().line("Exported " + image.manifestDigest() + " to " + target);
        }
        return ExitCode.DONE;
    }

    private static List<LayerChange> ofLayer(List<LayerUse> layers, @Nullable Integer layer) {
        int index = layer == null ? layers.size() - 1 : layer;
        if (index < 0 || index >= layers.size()) {
            throw new CommandFailed(
                    ExitCode.USAGE, "--layer " + index + ": the image has the layers 0 to " + (layers.size() - 1));
        }
        return layers.get(index).changes();
    }

    private static Image find(ImageStore store, String reference) {
        return failing(() -> store.resolve(reference))
                .orElseThrow(() -> new CommandFailed(
                        ExitCode.FAILED,
                        "there is no image '" + reference
                                + "' in this store; 'slipway image ls' shows those there are"));
    }

    static <T> T failing(Reading<T> reading) {
        try {
            return reading.read();
        } catch (InvalidReference e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        } catch (ImageException e) {
            throw new CommandFailed(ExitCode.FAILED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    "cannot use the image store: " + FailureText.of(e).orElse(e.toString()));
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

    /** Something that reads the store. */
    interface Reading<T> {
        T read() throws IOException;
    }
}
