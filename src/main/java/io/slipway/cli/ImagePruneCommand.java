package io.slipway.cli;

import io.slipway.image.Digest;
import io.slipway.image.Prune;
import io.slipway.image.Pruned;
import io.slipway.sandbox.LayersInUse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code slipway image prune}. */
@Command(
        name = "prune",
        description = {
            "Remove what nobody needs: images without a name, downloads that were broken off, content of no image.",
            "What containers stand on and what an agent needs for its services stays in any case."
        })
final class ImagePruneCommand implements Callable<Integer> {
    static final Duration WITHIN = Duration.ofSeconds(30);

    @Mixin
    private ImageOptions options = new ImageOptions();

    @Option(names = "--all", description = "Also images that have a name, if no container stands on them.")
    private boolean all;

    @Option(names = "--dry-run", description = "Only say what would be removed.")
    private boolean dryRun;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Pruned pruned = ImageCommand.failing(
                () -> options.store().prune(new Prune(all, dryRun), () -> stoodOn(options.dataDirectory()), WITHIN));
        Printer printer = new Printer(spec.commandLine().getOut());
        if (options.json()) {
            printer.json(json(pruned, dryRun));
            return ExitCode.DONE;
        }
        if (!pruned.images().isEmpty()) {
            List<List<String>> rows = new ArrayList<>();
            pruned.images()
                    .forEach(one ->
                            rows.add(List.of(one.reference(), one.manifest().brief())));
            printer.table(List.of(dryRun ? "WOULD REMOVE" : "REMOVED", "DIGEST"), rows);
        }
        printer.line(told(pruned));
        return ExitCode.DONE;
    }

    private String told(Pruned pruned) {
        return String.format(
                Locale.ROOT,
                "%s %.1f MiB: %d images, %d layers, %d files of content, %d broken downloads",
                dryRun ? "Would free" : "Freed",
                pruned.bytes() / 1048576.0,
                pruned.images().size(),
                pruned.layers(),
                pruned.blobs(),
                pruned.partial());
    }

    static Set<Digest> stoodOn(Path data) throws IOException {
        return LayersInUse.below(data).stream().map(Digest::new).collect(Collectors.toSet());
    }

    static ObjectNode json(Pruned pruned, boolean dryRun) {
        ObjectNode node = ApiClient.JSON.createObjectNode();
        node.put("dryRun", dryRun).put("bytes", pruned.bytes());
        var images = node.putArray("images");
        pruned.images()
                .forEach(one -> images.addObject()
                        .put("reference", one.reference())
                        .put("digest", one.manifest().toString()));
        node.put("layers", pruned.layers()).put("blobs", pruned.blobs()).put("brokenDownloads", pruned.partial());
        var kept = node.putArray("kept");
        pruned.kept()
                .forEach(one -> kept.addObject()
                        .put("reference", one.reference())
                        .put("digest", one.manifest().toString())
                        .put("why", one.why()));
        return node;
    }
}
