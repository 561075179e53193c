package io.slipway.cli;

import io.slipway.image.LayerChange;
import io.slipway.image.LayerUse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code slipway image layers}: what each layer did, what it takes, and what of that nobody sees. */
final class ImageLayers {
    private static final int WORST = 10;

    private ImageLayers() {}

    /** A hidden file with the layer that carries it. */
    private record Waste(int layer, LayerUse.Hidden file) {}

    static void print(Printer printer, List<LayerUse> layers) {
        long total = layers.stream().mapToLong(LayerUse::bytes).sum();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            LayerUse layer = layers.get(i);
            rows.add(List.of(
                    String.valueOf(i),
                    layer.diffId().brief(),
                    DecimalSize.of(layer.packedBytes()),
                    DecimalSize.of(layer.bytes()),
                    percent(layer.bytes(), total),
                    String.valueOf(layer.count(LayerChange.Kind.ADDED)),
                    String.valueOf(layer.count(LayerChange.Kind.CHANGED)),
                    String.valueOf(layer.count(LayerChange.Kind.REMOVED)),
                    DecimalSize.of(layer.copiedBytes()),
                    DecimalSize.of(layer.wastedBytes())));
        }
        printer.table(
                List.of(
                        "LAYER", "DIFF ID", "PACKED", "SIZE", "SHARE", "ADDED", "CHANGED", "REMOVED", "COPIED",
                        "HIDDEN"),
                rows);
        printWaste(printer, layers, total);
    }

    private static void printWaste(Printer printer, List<LayerUse> layers, long total) {
        long wasted = layers.stream().mapToLong(LayerUse::wastedBytes).sum();
        if (wasted == 0) {
            printer.line("Nothing is carried that a later layer hides.");
            return;
        }
        printer.line(DecimalSize.of(wasted) + " of " + DecimalSize.of(total) + " (" + percent(wasted, total)
                + ") is carried and hidden by later layers. The largest:");
        List<List<String>> rows = worst(layers).stream()
                .map(waste -> List.of(
                        DecimalSize.of(waste.file().bytes()),
                        String.valueOf(waste.layer()),
                        String.valueOf(waste.file().by()),
                        waste.file().path()))
                .toList();
        printer.table(List.of("SIZE", "LAYER", "HIDDEN BY", "PATH"), rows);
    }

    static ArrayNode json(List<LayerUse> layers) {
        ArrayNode list = ApiClient.JSON.createArrayNode();
        for (LayerUse layer : layers) {
            ObjectNode node = list.addObject()
                    .put("diffId", layer.diffId().toString())
                    .put("digest", layer.blob().toString())
                    .put("packedBytes", layer.packedBytes())
                    .put("bytes", layer.bytes())
                    .put("added", layer.count(LayerChange.Kind.ADDED))
                    .put("changed", layer.count(LayerChange.Kind.CHANGED))
                    .put("removed", layer.count(LayerChange.Kind.REMOVED))
                    .put("copiedBytes", layer.copiedBytes())
                    .put("hiddenBytes", layer.wastedBytes());
            ArrayNode hidden = node.putArray("hidden");
            layer.hidden()
                    .forEach(file -> hidden.addObject()
                            .put("path", file.path())
                            .put("bytes", file.bytes())
                            .put("hiddenBy", file.by()));
        }
        return list;
    }

    private static List<Waste> worst(List<LayerUse> layers) {
        return IntStream.range(0, layers.size())
                .boxed()
                .flatMap(i -> layers.get(i).hidden().stream().map(file -> new Waste(i, file)))
                .sorted(Comparator.comparingLong((Waste waste) -> waste.file().bytes())
                        .reversed())
                .limit(WORST)
                .toList();
    }

    private static String percent(long part, long whole) {
        return String.format(Locale.ROOT, "%.0f%%", whole == 0 ? 0.0 : 100.0 * part / whole);
    }
}
