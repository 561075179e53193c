package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Signatures that lie in the same layout as the image, by the tags that they have in a registry. */
final class LayoutSignatures implements SignatureCheck.Source {
    private final ImageSource.OciLayout layout;

    private LayoutSignatures(ImageSource.OciLayout layout) {
        this.layout = layout;
    }

    static LayoutSignatures of(ImageSource.OciLayout layout) {
        return new LayoutSignatures(layout);
    }

    @Override
    public Optional<byte[]> tagged(String tag) throws IOException {
        OciLayoutReader reader = new OciLayoutReader(new ImageSource.OciLayout(layout.directory(), Optional.of(tag)));
        Optional<Descriptor> found = reader.tagged();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = reader.open(found.get().digest())) {
            byte[] document = in.readNBytes(Documents.BYTES_MAX);
            BlobStore.verify(found.get().digest(), found.get().size(), Digest.of(document), document.length);
            return Optional.of(document);
        }
    }

    @Override
    public InputStream content(Digest digest, long size) throws IOException {
        return new OciLayoutReader(layout).open(digest);
    }
}
