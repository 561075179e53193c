package io.slipway.image;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the JSON documents of images: index, manifest, config. Strict, as they come from strangers. */
final class Documents {
    static final int BYTES_MAX = 4 << 20;
    private static final int LAYERS_MAX = 128;
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Documents() {}

    static JsonNode tree(byte[] document, String what) throws ImageException {
        try {
            JsonNode node = JSON.readTree(document);
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            throw new ImageException(what + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
        throw new ImageException(what + " is not a JSON object");
    }

    static List<Descriptor> index(byte[] document, String what) throws ImageException {
        JsonNode node = tree(document, what);
        // The same bytes must never mean two things to two readers (CVE-2021-41190).
        if (node.has("layers") || node.has("config")) {
            throw new ImageException(what + " is an index and a manifest at once, which is refused");
        }
        List<Descriptor> manifests = new ArrayList<>();
        List<JsonNode> listed = new ArrayList<>();
        node.path("manifests").forEach(listed::add);
        // Sorting is stable: what all machines of an architecture run comes before what only newer ones do.
        listed.sort(Comparator.comparing(one -> variant(one.path("platform"))));
        for (JsonNode one : listed) {
            manifests.add(descriptor(one, what));
        }
        return manifests;
    }

    /** Empty for the oldest of an architecture, which may be written (image-index.md, platform variants). */
    private static String variant(JsonNode platform) {
        String variant = platform.path("variant").asString("");
        String oldest = platform.path("architecture").asString("").equals("arm64") ? "v8" : "v1";
        return variant.equals(oldest) ? "" : variant;
    }

    static Manifest manifest(byte[] document, String what) throws ImageException {
        JsonNode node = tree(document, what);
        if (node.has("manifests")) {
            throw new ImageException(what + " is a manifest and an index at once, which is refused");
        }
        if (node.path("schemaVersion").asInt(0) != 2) {
            throw new ImageException(what + " has not schemaVersion 2; push the image again with a current tool");
        }
        List<Descriptor> layers = new ArrayList<>();
        for (JsonNode one : node.path("layers")) {
            layers.add(descriptor(one, what));
        }
        if (layers.isEmpty() || layers.size() > LAYERS_MAX) {
            throw new ImageException("layer_rejected: " + what + " has " + layers.size() + " layers; 1 to " + LAYERS_MAX
                    + " can be stacked. Merge layers, e.g. with fewer steps in the build");
        }
        return new Manifest(descriptor(node.path("config"), what), List.copyOf(layers));
    }

    static ImageConfig config(byte[] document, String what) throws ImageException {
        JsonNode node = tree(document, what);
        JsonNode run = node.path("config");
        return new ImageConfig(
                strings(run.path("Entrypoint")),
                strings(run.path("Cmd")),
                env(run.path("Env")),
                run.path("User").asString(""),
                run.path("WorkingDir").asString(""),
                List.copyOf(run.path("ExposedPorts").propertyNames()),
                node.path("architecture").asString(""),
                node.path("os").asString(""),
                labels(run.path("Labels")),
                run.path("StopSignal").asString(""));
    }

    /** Digests of the uncompressed layers, lowest first. */
    static List<Digest> diffIds(byte[] document, String what) throws ImageException {
        List<Digest> ids = new ArrayList<>();
        for (JsonNode one : tree(document, what).path("rootfs").path("diff_ids")) {
            ids.add(digest(one, what));
        }
        return ids;
    }

    /** How the image was built, first step first. */
    static List<HistoryEntry> history(byte[] document, String what) throws ImageException {
        List<HistoryEntry> steps = new ArrayList<>();
        for (JsonNode one : tree(document, what).path("history")) {
            steps.add(new HistoryEntry(
                    time(one.path("created").asString("")),
                    one.path("created_by").asString(""),
                    one.path("comment").asString(""),
                    one.path("empty_layer").asBoolean(false)));
        }
        return steps;
    }

    private static Optional<Instant> time(String text) {
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Descriptor descriptor(JsonNode node, String what) throws ImageException {
        JsonNode size = node.path("size");
        if (!size.canConvertToLong() || size.asLong() < 0) {
            throw new ImageException(what + " points to content without a valid size");
        }
        JsonNode platform = node.path("platform");
        Optional<Platform> made = platform.isObject()
                ? Optional.of(new Platform(
                        platform.path("os").asString(""),
                        platform.path("architecture").asString("")))
                : Optional.empty();
        JsonNode name = node.path("annotations").path("org.opencontainers.image.ref.name");
        return new Descriptor(
                node.path("mediaType").asString(""),
                digest(node.path("digest"), what),
                size.asLong(),
                made,
                name.isString() ? Optional.of(name.asString()) : Optional.empty());
    }

    private static Digest digest(JsonNode node, String what) throws ImageException {
        try {
            return Digest.parse(node.asString(""));
        } catch (InvalidReference e) {
            throw new ImageException(what + " points to content by a bad digest: " + e.getMessage(), e);
        }
    }

    private static List<String> strings(JsonNode node) {
        List<String> texts = new ArrayList<>();
        node.forEach(one -> texts.add(one.asString("")));
        return texts;
    }

    private static SequencedMap<String, String> env(JsonNode node) {
        SequencedMap<String, String> env = new LinkedHashMap<>();
        for (String entry : strings(node)) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                env.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return env;
    }

    private static Map<String, String> labels(JsonNode node) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String name : node.propertyNames()) {
            labels.put(name, node.path(name).asString(""));
        }
        return labels;
    }
}
