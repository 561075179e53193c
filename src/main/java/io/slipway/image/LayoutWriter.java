package io.slipway.image;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Builds an OCI image layout: layers, then images that stack them, then {@link #finish}. The same content gives the same bytes, whenever and
 * wherever it is written with the same JDK.
 */
public final class LayoutWriter {
    private static final String EPOCH = "1970-01-01T00:00:00Z";
    private final Path directory;
    private final SequencedMap<String, Descriptor> images = new LinkedHashMap<>();

    private LayoutWriter(Path directory) {
        this.directory = directory;
    }

    /** @param directory made if missing; an image layout in it is written anew, its blobs stay */
    public static LayoutWriter open(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("blobs").resolve("sha256"));
        return new LayoutWriter(directory);
    }

    /** Writes one layer as a gzip archive. */
    public Layer layer(LayerTar.Content content) throws IOException {
        Path partial = blobs().resolve(".partial-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        MessageDigest packed = Digest.newHash();
        MessageDigest unpacked = Digest.newHash();
        try {
            OutputStream file = new BufferedOutputStream(Files.newOutputStream(partial), 128 * 1024);
            try (OutputStream zip = new GZIPOutputStream(new DigestOutputStream(file, packed), 64 * 1024)) {
                LayerTar tar = new LayerTar(new DigestOutputStream(new Uncloseable(zip), unpacked));
                content.write(tar);
                tar.finish();
            }
            Layer made = new Layer(Digest.of(packed), Files.size(partial), Digest.of(unpacked));
            Files.move(partial, blobs().resolve(made.digest().hex()), StandardCopyOption.ATOMIC_MOVE);
            return made;
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Whether a layer written before is still there. */
    public boolean has(Layer layer) throws IOException {
        Path blob = blobs().resolve(layer.digest().hex());
        return Files.isRegularFile(blob) && Files.size(blob) == layer.sizeBytes();
    }

    /**
     * Writes config and manifest of one image.
     *
     * @param layers lowest first
     * @return digest of the manifest
     */
    public Digest image(String tag, ImageConfig config, List<Layer> layers) throws IOException {
        byte[] configText = config(config, layers);
        byte[] manifest = manifest(configText, layers);
        write(configText);
        write(manifest);
        Digest digest = Digest.of(manifest);
        images.put(
                tag,
                new Descriptor(Descriptor.OCI_MANIFEST, digest, manifest.length, Optional.empty(), Optional.of(tag)));
        return digest;
    }

    /** Writes the index; before this there is no layout. */
    public void finish() throws IOException {
        ObjectNode index = Documents.JSON.createObjectNode();
        index.put("schemaVersion", 2).put("mediaType", Descriptor.OCI_INDEX);
        ArrayNode manifests = index.putArray("manifests");
        images.forEach((tag, image) -> describe(manifests.addObject(), image.mediaType(), image.digest(), image.size())
                .putObject("annotations")
                .put("org.opencontainers.image.ref.name", tag));
        Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Path partial = directory.resolve("index.json.partial");
        Files.write(partial, text(index));
        Files.move(partial, directory.resolve("index.json"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] config(ImageConfig config, List<Layer> layers) {
        ObjectNode node = Documents.JSON.createObjectNode();
        node.put("created", EPOCH).put("architecture", config.architecture()).put("os", config.os());
        ObjectNode run = node.putObject("config");
        config.entrypoint().forEach(run.withArray("Entrypoint")::add);
        config.cmd().forEach(run.withArray("Cmd")::add);
        config.env().forEach((name, value) -> run.withArray("Env").add(name + "=" + value));
        config.exposedPorts().stream()
                .sorted()
                .forEach(port -> run.withObject("ExposedPorts").putObject(port));
        config.labels().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(one -> run.withObject("Labels").put(one.getKey(), one.getValue()));
        putUnlessEmpty(run, "User", config.user());
        putUnlessEmpty(run, "WorkingDir", config.workingDir());
        putUnlessEmpty(run, "StopSignal", config.stopSignal());
        ArrayNode diffIds = node.putObject("rootfs").put("type", "layers").putArray("diff_ids");
        layers.forEach(layer -> diffIds.add(layer.diffId().toString()));
        return text(node);
    }

    private static byte[] manifest(byte[] config, List<Layer> layers) {
        ObjectNode node = Documents.JSON.createObjectNode();
        node.put("schemaVersion", 2).put("mediaType", Descriptor.OCI_MANIFEST);
        describe(node.putObject("config"), Descriptor.OCI_CONFIG, Digest.of(config), config.length);
        ArrayNode list = node.putArray("layers");
        layers.forEach(
                layer -> describe(list.addObject(), Descriptor.OCI_LAYER_GZIP, layer.digest(), layer.sizeBytes()));
        return text(node);
    }

    private static ObjectNode describe(ObjectNode node, String mediaType, Digest digest, long size) {
        return node.put("mediaType", mediaType).put("digest", digest.toString()).put("size", size);
    }

    private static void putUnlessEmpty(ObjectNode node, String name, String value) {
        if (!value.isEmpty()) {
            node.put(name, value);
        }
    }

    private static byte[] text(ObjectNode node) {
        return Documents.JSON.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
    }

    private void write(byte[] content) throws IOException {
        Files.write(blobs().resolve(Digest.of(content).hex()), content);
    }

    private Path blobs() {
        return directory.resolve("blobs").resolve("sha256");
    }

    /**
     * A layer in the layout.
     *
     * @param digest of the compressed archive
     * @param diffId of the archive itself
     */
    public record Layer(Digest digest, long sizeBytes, Digest diffId) {}

    /** Ends a layer's archive without ending what it is written to. */
    private static final class Uncloseable extends FilterOutputStream {
        Uncloseable(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
