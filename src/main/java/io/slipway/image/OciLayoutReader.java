package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A directory in OCI image layout (OCI image specification, image-layout.md). */
final class OciLayoutReader {
    private static final int NESTING_MAX = 4;
    private final ImageSource.OciLayout source;

    OciLayoutReader(ImageSource.OciLayout source) {
        this.source = source;
    }

    /** The image for a platform: by tag, then through nested indexes. */
    Resolved image(Platform platform) throws IOException {
        byte[] marker = read(source.directory().resolve("oci-layout"), "oci-layout");
        String version = Documents.tree(marker, source + "/oci-layout")
                .path("imageLayoutVersion")
                .asString("");
        if (!version.equals("1.0.0")) {
            throw new ImageException(source + " has image layout version '" + version + "'; 1.0.0 is understood");
        }
        List<Descriptor> all =
                Documents.index(read(source.directory().resolve("index.json"), "index.json"), source + "");
        Descriptor root = byTag(all, platform);
        Descriptor chosen = root;
        for (int depth = 0; chosen.isIndex(); depth++) {
            if (depth == NESTING_MAX) {
                throw new ImageException(source + " nests indexes deeper than " + NESTING_MAX);
            }
            chosen = byPlatform(Documents.index(document(chosen), source + " index " + chosen.digest()), platform);
        }
        if (!chosen.isManifest()) {
            throw new ImageException(source + " holds something of the type '" + chosen.mediaType() + "', no image");
        }
        return new Resolved(root, chosen);
    }

    /** What has the tag, whatever it is; empty if nothing has. */
    Optional<Descriptor> tagged() throws IOException {
        List<Descriptor> all =
                Documents.index(read(source.directory().resolve("index.json"), "index.json"), source + "");
        return all.stream().filter(one -> one.name().equals(source.tag())).findFirst();
    }

    /** Content as it lies in the layout; not verified. */
    InputStream open(Digest digest) throws IOException {
        try {
            return Files.newInputStream(path(digest));
        } catch (NoSuchFileException e) {
            throw new ImageException(source + " lacks the content " + digest + "; copy the layout again", e);
        }
    }

    private byte[] document(Descriptor descriptor) throws IOException {
        byte[] content = read(path(descriptor.digest()), descriptor.digest().toString());
        BlobStore.verify(descriptor.digest(), descriptor.size(), Digest.of(content), content.length);
        return content;
    }

    private Descriptor byTag(List<Descriptor> all, Platform platform) throws ImageException {
        List<Descriptor> fitting = all.stream()
                .filter(one -> source.tag().isEmpty() || one.name().equals(source.tag()))
                .toList();
        if (fitting.size() == 1) {
            return fitting.getFirst();
        }
        if (fitting.isEmpty()) {
            throw new ImageException(source + ": no such image. The layout has the tags " + tags(all));
        }
        if (source.tag().isPresent()
                || fitting.stream().anyMatch(one -> one.platform().isEmpty())) {
            throw new ImageException(source + " is ambiguous: " + fitting.size() + " images fit. Name a tag of "
                    + tags(all) + " as oci:DIR:TAG");
        }
        return byPlatform(fitting, platform);
    }

    private Descriptor byPlatform(List<Descriptor> all, Platform here) throws ImageException {
        Optional<Descriptor> fitting = all.stream()
                .filter(one -> one.platform().isEmpty() || one.platform().get().equals(here))
                .findFirst();
        return fitting.orElseThrow(() -> new ImageException(source + " has no image for " + here + ", only for "
                + all.stream().flatMap(one -> one.platform().stream()).toList()));
    }

    private static List<String> tags(List<Descriptor> all) {
        return all.stream().flatMap(one -> one.name().stream()).toList();
    }

    private Path path(Digest digest) {
        return source.directory().resolve("blobs").resolve("sha256").resolve(digest.hex());
    }

    private byte[] read(Path file, String what) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(Documents.BYTES_MAX + 1);
            if (content.length > Documents.BYTES_MAX) {
                throw new ImageException(source + ": " + what + " is larger than " + Documents.BYTES_MAX + " bytes");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new ImageException(
                    source + " is no OCI image layout: " + what
                            + " is missing. Write one with e.g. skopeo copy ... oci:DIR:TAG",
                    e);
        }
    }
}
