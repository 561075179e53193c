package io.slipway.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * References that must stay, by who needs them: an agent pins what its allocations, revert targets and watches need. On disk, as whoever prunes may
 * be another process, and as an agent that is down still needs them.
 */
final class ImagePins {
    private final Path directory;

    private ImagePins(Path directory) {
        this.directory = directory;
    }

    static ImagePins open(Path directory) throws IOException {
        Path pins = Files.createDirectories(directory.resolve("pins"));
        Leftovers.clean(pins);
        return new ImagePins(pins);
    }

    /**
     * Of one owner.
     *
     * @param wanted references that must stay
     * @param retired what was wanted before, and since when no longer
     */
    record Pins(Set<String> wanted, Map<String, Instant> retired) {
        static final Pins NONE = new Pins(Set.of(), Map.of());

        Pins becoming(Set<String> now, Instant at) {
            Map<String, Instant> old = new TreeMap<>(retired);
            wanted.forEach(reference -> old.putIfAbsent(reference, at));
            old.keySet().removeAll(now);
            return new Pins(now, old);
        }

        Pins without(Set<String> forgotten) {
            Map<String, Instant> left = new TreeMap<>(retired);
            left.keySet().removeAll(forgotten);
            return new Pins(wanted, left);
        }
    }

    Pins of(String owner) throws IOException {
        return read(file(owner));
    }

    void put(String owner, Pins pins) throws IOException {
        ObjectNode node = Documents.JSON.createObjectNode();
        new TreeSet<>(pins.wanted()).forEach(node.putArray("wanted")::add);
        ObjectNode retired = node.putObject("retired");
        pins.retired().forEach((reference, since) -> retired.put(reference, since.toString()));
        WholeFile.write(file(owner), Documents.JSON.writeValueAsString(node).getBytes(StandardCharsets.UTF_8));
    }

    /** Every reference that somebody needs, and who. */
    Map<String, String> all() throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String owner = file.getFileName().toString();
                if (!owner.startsWith(".")) {
                    read(file).wanted().forEach(reference -> all.put(reference, owner));
                }
            }
        }
        return all;
    }

    private Path file(String owner) {
        if (!owner.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")) {
            throw new IllegalArgumentException("'" + owner + "' cannot be the name of an owner of pins");
        }
        return directory.resolve(owner);
    }

    private static Pins read(Path file) throws IOException {
        JsonNode node;
        try {
            node = Documents.tree(Files.readAllBytes(file), file.toString());
        } catch (NoSuchFileException e) {
            return Pins.NONE;
        }
        Set<String> wanted = new TreeSet<>();
        node.path("wanted").forEach(one -> wanted.add(one.asString("")));
        Map<String, Instant> retired = new TreeMap<>();
        for (String reference : node.path("retired").propertyNames()) {
            retired.put(
                    reference,
                    Instant.parse(node.path("retired").path(reference).asString("")));
        }
        return new Pins(wanted, retired);
    }
}
