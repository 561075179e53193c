package io.slipway.image;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Where an image comes from, as people write it: {@code oci:DIR[:TAG]}, {@code docker-archive:FILE} or a registry reference. */
public sealed interface ImageSource {
    /** @throws InvalidReference if it is none of the three */
    static ImageSource parse(String text) {
        if (text.startsWith("oci:")) {
            return ociLayout(text, text.substring("oci:".length()));
        }
        if (text.startsWith("docker-archive:")) {
            return new DockerArchive(path(text, text.substring("docker-archive:".length())));
        }
        return new Registry(ImageReference.parse(text));
    }

    /** A directory in OCI image layout; without a tag it must hold exactly one image. */
    record OciLayout(Path directory, Optional<String> tag) implements ImageSource {
        @Override
        public String toString() {
            return "oci:" + directory + tag.map(t -> ":" + t).orElse("");
        }
    }

    /** A file as {@code docker save} writes it, not compressed. */
    record DockerArchive(Path file) implements ImageSource {
        @Override
        public String toString() {
            return "docker-archive:" + file;
        }
    }

    /** An image in a registry. */
    record Registry(ImageReference reference) implements ImageSource {
        @Override
        public String toString() {
            return reference.toString();
        }
    }

    private static OciLayout ociLayout(String text, String rest) {
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            String tag = rest.substring(colon + 1);
            if (tag.isEmpty()) {
                throw new InvalidReference(text, "has nothing after its last colon; write oci:DIR:TAG or oci:DIR");
            }
            return new OciLayout(path(text, rest.substring(0, colon)), Optional.of(tag));
        }
        return new OciLayout(path(text, rest), Optional.empty());
    }

    private static Path path(String text, String path) {
        if (path.isEmpty() || path.indexOf('\n') >= 0) {
            throw new InvalidReference(text, "names no file or directory");
        }
        try {
            return Path.of(path).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new InvalidReference(text, "names no file or directory: " + e.getReason());
        }
    }
}
