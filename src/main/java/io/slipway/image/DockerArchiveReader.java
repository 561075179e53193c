package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A file as {@code docker save} writes it: manifest.json, a config and layers in one archive. Gives an OCI manifest for it. */
final class DockerArchiveReader {
    private static final Pattern DIGEST_NAME = Pattern.compile("(?:blobs/sha256/)?([0-9a-f]{64})(?:\\.json|\\.tar)?");
    private static final int LINKS_MAX = 8;
    private final ImageSource.DockerArchive source;

    DockerArchiveReader(ImageSource.DockerArchive source) {
        this.source = source;
    }

    /** Takes all content in and makes the manifest that docker's form lacks; always the same bytes for the same archive. */
    Found take(BlobStore blobs) throws IOException {
        try (TarFile tar = open()) {
            Map<String, TarArchiveEntry> entries = new HashMap<>();
            tar.getEntries().forEach(entry -> entries.put(lexical(entry.getName()), entry));
            JsonNode image = theOnly(read(tar, entries, "manifest.json"));
            String configName = image.path("Config").asString("");
            byte[] config = read(tar, entries, configName);
            checkNamedByDigest(configName, Digest.of(config));
            blobs.put(config);
            List<BlobStore.Stored> layers = new ArrayList<>();
            for (JsonNode layer : image.path("Layers")) {
                try (InputStream in = tar.getInputStream(entry(entries, layer.asString("")))) {
                    layers.add(blobs.putUnnamed(in));
                }
            }
            byte[] manifest = manifest(config, layers);
            blobs.put(manifest);
            return new Found(
                    new Descriptor(
                            Descriptor.OCI_MANIFEST,
                            Digest.of(manifest),
                            manifest.length,
                            Optional.empty(),
                            Optional.empty()),
                    name(image));
        } catch (NoSuchFileException e) {
            throw new ImageException(source + ": there is no such file", e);
        } catch (ImageException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new ImageException(
                    source + " cannot be read as an uncompressed docker archive: " + e.getMessage()
                            + ". Write it again with docker save",
                    e);
        }
    }

    private TarFile open() throws IOException {
        try {
            return new TarFile(source.file());
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new ImageException(
                    source
                            + " is no tar archive as 'docker save' or 'podman save' writes it, or is compressed or cut off;"
                            + " name one, uncompressed (" + e.getMessage() + ")",
                    e);
        }
    }

    private JsonNode theOnly(byte[] manifest) throws ImageException {
        try {
            JsonNode images = Documents.JSON.readTree(manifest);
            if (images.isArray() && images.size() == 1) {
                return images.get(0);
            }
            throw new ImageException(source + " holds " + images.size() + " images; save one alone");
        } catch (JacksonException e) {
            throw new ImageException(source + ": manifest.json is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private byte[] read(TarFile tar, Map<String, TarArchiveEntry> entries, String name) throws IOException {
        TarArchiveEntry entry = entry(entries, name);
        if (entry.getSize() > Documents.BYTES_MAX) {
            throw new ImageException(source + ": " + name + " is larger than " + Documents.BYTES_MAX + " bytes");
        }
        try (InputStream in = tar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private TarArchiveEntry entry(Map<String, TarArchiveEntry> entries, String name) throws ImageException {
        String at = lexical(name);
        for (int i = 0; i < LINKS_MAX; i++) {
            TarArchiveEntry entry = entries.get(at);
            if (entry == null) {
                throw new ImageException(source + " is no docker archive, or is cut off: it lacks '" + name + "'");
            }
            if (!entry.isSymbolicLink()) {
                return entry;
            }
            // Old versions of docker save write a layer that occurs twice as a link.
            at = lexical(at.substring(0, at.lastIndexOf('/') + 1) + entry.getLinkName());
        }
        throw new ImageException(source + ": '" + name + "' is a loop of links");
    }

    private void checkNamedByDigest(String name, Digest found) throws ImageException {
        Matcher named = DIGEST_NAME.matcher(name);
        if (named.matches() && !named.group(1).equals(found.hex())) {
            throw new ImageException(source + ": content that should be sha256:" + named.group(1) + " is " + found
                    + ": it is damaged or changed. Save the image again");
        }
    }

    private static byte[] manifest(byte[] config, List<BlobStore.Stored> layers) {
        ObjectNode manifest = Documents.JSON.createObjectNode();
        manifest.put("schemaVersion", 2).put("mediaType", Descriptor.OCI_MANIFEST);
        manifest.putObject("config")
                .put("mediaType", Descriptor.OCI_CONFIG)
                .put("digest", Digest.of(config).toString())
                .put("size", config.length);
        ArrayNode list = manifest.putArray("layers");
        for (BlobStore.Stored layer : layers) {
            list.addObject()
                    .put("mediaType", Descriptor.OCI_LAYER)
                    .put("digest", layer.digest().toString())
                    .put("size", layer.size());
        }
        return Documents.JSON.writeValueAsString(manifest).getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<ImageReference> name(JsonNode image) {
        String tag = image.path("RepoTags").path(0).asString("");
        try {
            return tag.isEmpty() ? Optional.empty() : Optional.of(ImageReference.parse(tag));
        } catch (InvalidReference e) {
            // The archive's own name is a convenience; the image is known by its source and digest as well.
            return Optional.empty();
        }
    }

    private static String lexical(String name) {
        return Path.of("/" + name).normalize().toString().substring(1);
    }

    /** What was taken in. */
    record Found(Descriptor manifest, Optional<ImageReference> name) {}
}
