package io.slipway.cli;

import io.slipway.image.Image;
import io.slipway.image.LayerUse;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code slipway image tree}: how the layers of an image stand on each other, and which other images share them. */
final class ImageTree {
    private ImageTree() {}

    static void print(Printer printer, Image image, List<LayerUse> layers, List<Image> all) {
        printer.line("Image ID: " + image.configDigest().brief());
        printer.line("Name:     " + image.reference());
        printer.line("Size:     "
                + DecimalSize.of(layers.stream().mapToLong(LayerUse::bytes).sum()));
        printer.line("Image Layers");
        for (int i = 0; i < layers.size(); i++) {
            LayerUse layer = layers.get(i);
            List<String> tops = topOf(image, i, all);
            List<String> shared = sharing(image, i, all);
            printer.line((i == layers.size() - 1 ? "└── " : "├── ") + "ID: "
                    + layer.diffId().brief() + " Size: " + DecimalSize.of(layer.bytes())
                    + (tops.isEmpty() ? "" : " Top Layer of: " + tops)
                    + (shared.isEmpty() ? "" : " Shared with: " + shared));
        }
    }

    static ObjectNode json(Image image, List<LayerUse> layers, List<Image> all) {
        ObjectNode node = ApiClient.JSON
                .createObjectNode()
                .put("id", image.configDigest().toString())
                .put("reference", image.reference());
        ArrayNode list = node.putArray("layers");
        for (int i = 0; i < layers.size(); i++) {
            ObjectNode one = list.addObject()
                    .put("diffId", layers.get(i).diffId().toString())
                    .put("bytes", layers.get(i).bytes());
            topOf(image, i, all).forEach(one.putArray("topOf")::add);
            sharing(image, i, all).forEach(one.putArray("sharedWith")::add);
        }
        return node;
    }

    /** Images that end with this layer, on the same ones below. */
    private static List<String> topOf(Image image, int layer, List<Image> all) {
        return all.stream()
                .filter(one -> one.diffIds().equals(image.diffIds().subList(0, layer + 1)))
                .map(Image::reference)
                .toList();
    }

    /** Other images that have the layer anywhere. */
    private static List<String> sharing(Image image, int layer, List<Image> all) {
        return all.stream()
                .filter(one -> !one.manifestDigest().equals(image.manifestDigest()))
                .filter(one -> one.diffIds().contains(image.diffIds().get(layer)))
                .map(Image::reference)
                .toList();
    }
}
