package io.slipway.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What is known by which name. A name moves when it is imported again; an image stays known by its digest, as a running revision needs it.
 */
final class ImageRecords {
    private final Path names;
    private final Path images;

    private ImageRecords(Path names, Path images) {
        this.names = names;
        this.images = images;
    }

    static ImageRecords open(Path directory) throws IOException {
        Path names = Files.createDirectories(directory.resolve("names"));
        Path images = Files.createDirectories(directory.resolve("images"));
        Leftovers.clean(names);
        Leftovers.clean(images);
        return new ImageRecords(names, images);
    }

    void put(String reference, Descriptor manifest) throws IOException {
        Record made = new Record(reference, manifest.mediaType(), manifest.digest(), manifest.size());
        write(images.resolve(manifest.digest().hex()), made);
        write(
                names.resolve(
                        Digest.of(reference.getBytes(StandardCharsets.UTF_8)).hex()),
                made);
    }

    /** An index stands for the image that was chosen from it. */
    void alias(Digest index, String reference, Descriptor manifest) throws IOException {
        write(
                images.resolve(index.hex()),
                new Record(reference, manifest.mediaType(), manifest.digest(), manifest.size()));
    }

    Optional<Record> byName(String reference) throws IOException {
        return read(names.resolve(
                Digest.of(reference.getBytes(StandardCharsets.UTF_8)).hex()));
    }

    Optional<Record> byDigest(Digest manifest) throws IOException {
        return read(images.resolve(manifest.hex()));
    }

    /** All names, in order. */
    List<Record> all() throws IOException {
        List<Record> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(names)) {
            for (Path file : files) {
                if (!file.getFileName().toString().startsWith(".")) {
                    read(file).ifPresent(all::add);
                }
            }
        }
        all.sort(Comparator.comparing(Record::reference));
        return all;
    }

    private static Optional<Record> read(Path file) throws IOException {
        try {
            JsonNode node = Documents.tree(Files.readAllBytes(file), file.toString());
            return Optional.of(new Record(
                    node.path("reference").asString(""),
                    node.path("mediaType").asString(""),
                    Digest.parse(node.path("manifest").asString("")),
                    node.path("size").asLong(0)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static void write(Path file, Record made) throws IOException {
        byte[] text = Documents.JSON.writeValueAsBytes(Documents.JSON
                .createObjectNode()
                .put("reference", made.reference())
                .put("mediaType", made.mediaType())
                .put("manifest", made.manifest().toString())
                .put("size", made.size()));
        Path directory = file.resolveSibling("");
        Path partial = Leftovers.newName(directory);
        try {
            try (FileChannel out = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            BlobStore.sync(directory);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** One name, or the name that an image first came by. */
    record Record(String reference, String mediaType, Digest manifest, long size) {
        Descriptor descriptor() {
            return new Descriptor(mediaType, manifest, size, Optional.empty(), Optional.empty());
        }
    }
}
