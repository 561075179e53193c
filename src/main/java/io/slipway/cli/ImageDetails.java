package io.slipway.cli;

import io.slipway.image.Image;
import io.slipway.image.ImageConfig;
import io.slipway.image.ImageReference;
import io.slipway.image.ImageSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All of an image, with the field names of Docker's inspect where it has them. */
final class ImageDetails {
    private ImageDetails() {}

    /** @param all images of the store, by name */
    static ObjectNode json(Image image, List<Image> all) {
        ImageConfig config = image.config();
        ObjectNode node = ApiClient.JSON.createObjectNode();
        node.put("Id", image.configDigest().toString())
                .put("Digest", image.manifestDigest().toString())
                .put("RootDigest", image.rootDigest().toString())
                .put("Reference", image.reference());
        names(node, image, all);
        node.put("Architecture", config.architecture()).put("Os", config.os()).put("Size", image.sizeBytes());
        putConfig(node.putObject("Config"), config);
        ObjectNode root = node.putObject("RootFS").put("Type", "layers");
        image.diffIds().forEach(id -> root.withArray("Layers").add(id.toString()));
        image.layers().forEach(path -> root.withArray("Directories").add(path.toString()));
        return node;
    }

    private static void names(ObjectNode node, Image image, List<Image> all) {
        ArrayNode tags = node.putArray("RepoTags");
        TreeSet<String> digests = new TreeSet<>();
        for (Image one : all) {
            Optional<ImageReference> name = one.manifestDigest().equals(image.manifestDigest())
                    ? inRegistry(one.reference())
                    : Optional.empty();
            name.filter(known -> known.digest().isEmpty()).ifPresent(known -> tags.add(known.toString()));
            name.ifPresent(known -> digests.add(known.registry() + "/" + known.repository() + "@" + one.rootDigest()));
        }
        digests.forEach(node.putArray("RepoDigests")::add);
    }

    private static Optional<ImageReference> inRegistry(String reference) {
        return ImageSource.parse(reference) instanceof ImageSource.Registry named
                ? Optional.of(named.reference())
                : Optional.empty();
    }

    private static void putConfig(ObjectNode run, ImageConfig config) {
        config.entrypoint().forEach(run.putArray("Entrypoint")::add);
        config.cmd().forEach(run.putArray("Cmd")::add);
        ArrayNode env = run.putArray("Env");
        config.env().forEach((name, value) -> env.add(name + "=" + value));
        run.put("User", config.user()).put("WorkingDir", config.workingDir()).put("StopSignal", config.stopSignal());
        config.exposedPorts().forEach(run.putArray("ExposedPorts")::add);
        ObjectNode labels = run.putObject("Labels");
        config.labels().forEach(labels::put);
    }
}
