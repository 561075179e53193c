package io.slipway.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes an image for others to read. What is written appears under its name when it is whole and on disk. */
final class ImageExport {
    private static final String NAME = "org.opencontainers.image.ref.name";
    private final BlobStore blobs;

    ImageExport(BlobStore blobs) {
        this.blobs = blobs;
    }

    /** Into a directory in OCI image layout, new or with other images: the same bytes, so that the digest stays. */
    void toLayout(ImageSource.OciLayout target, Descriptor descriptor, Manifest manifest, Platform platform)
            throws IOException {
        Path directory = target.directory();
        Path content = Files.createDirectories(directory.resolve("blobs/sha256"));
        Stream<Descriptor> all = Stream.concat(Stream.of(descriptor, manifest.config()), manifest.layers().stream());
        for (Descriptor one : all.toList()) {
            Path file = content.resolve(one.digest().hex());
            if (!Files.exists(file) || Files.size(file) != one.size()) {
                place(file, out -> copy(blobs.path(one.digest()), out));
            }
        }
        byte[] marker = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);
        byte[] index = index(directory.resolve("index.json"), target.tag(), descriptor, platform);
        place(directory.resolve("oci-layout"), out -> write(out, marker));
        place(directory.resolve("index.json"), out -> write(out, index));
    }

    /** A file as {@code docker save} writes it, for {@code docker load} and its like: layers uncompressed. */
    void toArchive(ImageSource.DockerArchive target, Manifest manifest, List<Digest> diffIds, Optional<String> name)
            throws IOException {
        if (Files.exists(target.file())) {
            throw new ImageException(
                    target.file() + " is there already and was not changed; remove it, or name another file");
        }
        byte[] config = Files.readAllBytes(blobs.path(manifest.config().digest()));
        String configName = manifest.config().digest().hex() + ".json";
        place(target.file(), out -> {
            List<Digest> written = new ArrayList<>();
            for (int i = 0; i < diffIds.size(); i++) {
                if (!written.contains(diffIds.get(i))) {
                    writeLayer(out, diffIds.get(i), manifest.layers().get(i));
                    written.add(diffIds.get(i));
                }
            }
            writeEntry(out, configName, config);
            writeEntry(out, "manifest.json", archiveManifest(configName, diffIds, name));
            write(out, new byte[2 * TarBlock.BYTES]);
        });
    }

    private byte[] index(Path file, Optional<String> tag, Descriptor descriptor, Platform platform) throws IOException {
        ObjectNode index = Files.exists(file)
                ? (ObjectNode) Documents.tree(Files.readAllBytes(file), file.toString())
                : Documents.JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", Descriptor.OCI_INDEX);
        List<JsonNode> others = new ArrayList<>();
        for (JsonNode one : index.path("manifests")) {
            JsonNode named = one.path("annotations").path(NAME);
            boolean replaced = tag.isPresent()
                    ? named.asString("").equals(tag.get())
                    : named.isMissingNode()
                            && one.path("digest")
                                    .asString("")
                                    .equals(descriptor.digest().toString());
            if (!replaced) {
                others.add(one);
            }
        }
        ArrayNode manifests = index.putArray("manifests");
        others.forEach(manifests::add);
        ObjectNode made = manifests
                .addObject()
                .put("mediaType", descriptor.mediaType())
                .put("digest", descriptor.digest().toString())
                .put("size", descriptor.size());
        made.putObject("platform").put("architecture", platform.architecture()).put("os", platform.os());
        tag.ifPresent(text -> made.putObject("annotations").put(NAME, text));
        return Documents.JSON.writeValueAsBytes(index);
    }

    private static byte[] archiveManifest(String config, List<Digest> diffIds, Optional<String> name) {
        ArrayNode all = Documents.JSON.createArrayNode();
        ObjectNode image = all.addObject().put("Config", config);
        ArrayNode tags = image.putArray("RepoTags");
        name.ifPresent(tags::add);
        ArrayNode layers = image.putArray("Layers");
        diffIds.forEach(diffId -> layers.add(diffId.hex() + ".tar"));
        return Documents.JSON.writeValueAsBytes(all);
    }

    /** Its size is known when it is written, so its header is written last. */
    private void writeLayer(FileChannel out, Digest diffId, Descriptor layer) throws IOException {
        long header = out.position();
        long start = header + TarBlock.BYTES;
        out.position(start);
        try (LayerPipe pipe = new LayerPipe(Files.newInputStream(blobs.path(layer.digest())), Long.MAX_VALUE)) {
            ByteBuffer some = pipe.next(Integer.MAX_VALUE);
            while (some.hasRemaining()) {
                out.write(some);
                some = some.hasRemaining() ? some : pipe.next(Integer.MAX_VALUE);
            }
            Digest found = pipe.finish();
            if (!found.equals(diffId)) {
                throw new ImageException("layer " + layer.digest() + " unpacks to " + found + " where its image says "
                        + diffId + ": the store is damaged. Remove the image and get it again");
            }
        }
        long size = out.position() - start;
        pad(out, size);
        long end = out.position();
        out.position(header);
        write(out, header(diffId.hex() + ".tar", size));
        out.position(end);
    }

    private static void writeEntry(FileChannel out, String name, byte[] content) throws IOException {
        write(out, header(name, content.length));
        write(out, content);
        pad(out, content.length);
    }

    private static void pad(FileChannel out, long size) throws IOException {
        write(out, new byte[(int) (-size & (TarBlock.BYTES - 1))]);
    }

    private static byte[] header(String name, long size) {
        TarArchiveEntry entry = LayerTar.entry(name, TarConstants.LF_NORMAL, 0644);
        entry.setSize(size);
        byte[] header = new byte[TarBlock.BYTES];
        entry.writeEntryHeader(header);
        return header;
    }

    private static void copy(Path from, FileChannel out) throws IOException {
        try (FileChannel in = FileChannel.open(from)) {
            for (long done = 0; done < in.size(); ) {
                done += in.transferTo(done, in.size() - done, out);
            }
        }
    }

    private static void write(FileChannel out, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    private static void place(Path file, Content content) throws IOException {
        Path directory = Optional.ofNullable(file.getParent()).orElse(Path.of("."));
        Path partial = Leftovers.newName(directory);
        try {
            try (FileChannel out = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.write(out);
                out.force(true);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            BlobStore.sync(directory);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** What a file is filled with. */
    private interface Content {
        void write(FileChannel out) throws IOException;
    }
}
