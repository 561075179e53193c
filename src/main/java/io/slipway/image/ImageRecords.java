package io.slipway.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * What is known by which name. A name moves when it is imported again; an image stays known by its digest, as a running revision needs it.
 */
final class ImageRecords {
    /** Who brought a name that came with an archive: no registry is asked what it means now. */
    static final String ARCHIVE = "(archive)";

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

    /**
     * Writes a name down. An index stands for the image that was chosen from it, so it is known by both digests.
     *
     * @param by who brought it
     */
    void put(String reference, Resolved image, String by) throws IOException {
        Descriptor manifest = image.manifest();
        Digest root = image.root().digest();
        Record made = new Record(reference, manifest.mediaType(), manifest.digest(), manifest.size(), by, root);
        write(images.resolve(manifest.digest().hex()), made.by(manifest.digest()));
        if (!root.equals(manifest.digest())) {
            write(images.resolve(root.hex()), made);
        }
        write(name(reference), made);
    }

    Optional<Record> byName(String reference) throws IOException {
        return read(name(reference));
    }

    Optional<Record> byDigest(Digest manifestOrIndex) throws IOException {
        return read(images.resolve(manifestOrIndex.hex()));
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

    /**
     * An image with all that it is known by.
     *
     * @param record one of its names, or the one that it first came by
     * @param names that it has now
     * @param digests of its manifest, and of the indexes that it was chosen from
     */
    record Known(Record record, Set<String> names, Set<Digest> digests) {}

    /** All images, named or not, by their manifests' digests. */
    Collection<Known> known() throws IOException {
        TreeMap<Digest, Known> all = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(images)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                Optional<Record> found = name.startsWith(".") ? Optional.empty() : read(file);
                found.ifPresent(record -> known(all, record).digests().add(new Digest(name)));
            }
        }
        all().forEach(record -> known(all, record).names().add(record.reference()));
        return all.values();
    }

    private static Known known(TreeMap<Digest, Known> all, Record record) {
        return all.computeIfAbsent(record.manifest(), _ -> new Known(record, new TreeSet<>(), new HashSet<>()));
    }

    /** A manifest's own digest, and those of the indexes that it was chosen from. */
    List<Digest> digests(Digest manifest) throws IOException {
        List<Digest> all = new ArrayList<>(List.of(manifest));
        known().stream()
                .filter(image -> image.record().manifest().equals(manifest))
                .forEach(image -> all.addAll(image.digests()));
        return all;
    }

    void forgetName(String reference) throws IOException {
        Files.deleteIfExists(name(reference));
    }

    /** Only if this owner brought it by this name. */
    void forgetName(String reference, String owner) throws IOException {
        if (byName(reference).filter(known -> known.by().equals(owner)).isPresent()) {
            forgetName(reference);
        }
    }

    /** Names first, so that none is left without its image. */
    void forget(Known image) throws IOException {
        for (String reference : image.names()) {
            forgetName(reference);
        }
        for (Digest digest : image.digests()) {
            Files.deleteIfExists(images.resolve(digest.hex()));
        }
    }

    private Path name(String reference) {
        return names.resolve(
                Digest.of(reference.getBytes(StandardCharsets.UTF_8)).hex());
    }

    private static Optional<Record> read(Path file) throws IOException {
        try {
            JsonNode node = Documents.tree(Files.readAllBytes(file), file.toString());
            String manifest = node.path("manifest").asString("");
            return Optional.of(new Record(
                    node.path("reference").asString(""),
                    node.path("mediaType").asString(""),
                    Digest.parse(manifest),
                    node.path("size").asLong(0),
                    node.path("by").asString(""),
                    // Records of before had none.
                    Digest.parse(node.path("root").asString(manifest))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static void write(Path file, Record made) throws IOException {
        WholeFile.write(
                file,
                Documents.JSON.writeValueAsBytes(Documents.JSON
                        .createObjectNode()
                        .put("reference", made.reference())
                        .put("mediaType", made.mediaType())
                        .put("manifest", made.manifest().toString())
                        .put("size", made.size())
                        .put("by", made.by())
                        .put("root", made.root().toString())));
    }

    /**
     * One name, or the name that an image first came by.
     *
     * @param by who brought it: the owner of pins, or empty for people
     * @param root of the index that it was chosen from, or the manifest's own
     */
    record Record(String reference, String mediaType, Digest manifest, long size, String by, Digest root) {
        private Record by(Digest other) {
            return new Record(reference, mediaType, manifest, size, by, other);
        }

        Descriptor descriptor() {
            return new Descriptor(mediaType, manifest, size, Optional.empty(), Optional.empty());
        }
    }
}
