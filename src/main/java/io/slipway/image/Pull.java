package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Brings one image from its registry into the store: manifests by tag or digest, then content by digest only. */
final class Pull {
    private static final int NESTING_MAX = 4;
    private static final int DAMAGED_MAX = 3;

    private final ImageReference reference;
    private final ImageRegistry registry;
    private final BlobStore blobs;
    private final PullProgress progress;

    Pull(ImageReference reference, ImageRegistry registry, BlobStore blobs, PullProgress progress) {
        this.reference = reference;
        this.registry = registry;
        this.blobs = blobs;
        this.progress = progress;
    }

    /** What is done with content as it comes. */
    interface Sink {
        void take(Claim claim) throws IOException;
    }

    /** Asks the registry, and takes the documents in. */
    Resolved resolve(Platform platform) throws IOException {
        String asked =
                reference.digest().map(Digest::toString).or(reference::tag).orElse("latest");
        Descriptor root = document(asked, Optional.empty());
        Descriptor chosen = root;
        for (int depth = 0; chosen.isIndex(); depth++) {
            String what = reference + " index " + chosen.digest();
            if (depth == NESTING_MAX) {
                throw new ImageException(reference + " nests indexes deeper than " + NESTING_MAX);
            }
            Descriptor next = PlatformChoice.of(Documents.index(blobs.document(chosen, what), what), platform, what);
            chosen = document(next.digest().toString(), Optional.of(next));
        }
        return new Resolved(root, chosen);
    }

    private Descriptor document(String tagOrDigest, Optional<Descriptor> promised) throws IOException {
        String what = reference + " (" + tagOrDigest + ")";
        ImageRegistry.Document found = registry.manifest(reference, tagOrDigest);
        Digest digest = Digest.of(found.content());
        if (promised.isPresent()) {
            BlobStore.verify(promised.get().digest(), promised.get().size(), digest, found.content().length);
        } else if (reference.digest().isPresent()) {
            BlobStore.verify(reference.digest().get(), found.content().length, digest, found.content().length);
        }
        String type = type(found, what);
        blobs.put(found.content());
        return new Descriptor(type, digest, found.content().length, Optional.empty(), Optional.empty());
    }

    /** What a document is: by its own word and by the registry's, which must not differ (CVE-2021-41190). */
    private static String type(ImageRegistry.Document document, String what) throws ImageException {
        JsonNode node = Documents.tree(document.content(), what);
        String own = node.path("mediaType").asString("");
        String told = document.mediaType();
        boolean telling = told.startsWith("application/vnd.");
        if (!own.isEmpty() && telling && !own.equals(told)) {
            throw new ImageException(what + " calls itself " + shown(own) + " and the registry calls it " + shown(told)
                    + ", which is refused; push the image again");
        }
        String type = !own.isEmpty() ? own : telling ? told : guessed(node);
        Descriptor seen = new Descriptor(type, Digest.of(document.content()), 0, Optional.empty(), Optional.empty());
        if (!seen.isIndex() && !seen.isManifest()) {
            throw new ImageException(what + " is of the type '" + shown(type) + "', no image that can be run"
                    + (type.contains("manifest.v1")
                                    || node.path("schemaVersion").asInt(0) == 1
                            ? ": it is of the old schema 1; push the image again with a current tool"
                            : ""));
        }
        return type;
    }

    private static String guessed(JsonNode node) {
        return node.has("manifests") ? Descriptor.OCI_INDEX : node.has("layers") ? Descriptor.OCI_MANIFEST : "unknown";
    }

    private static String shown(String text) {
        String visible = text.replaceAll("\\p{Cntrl}", "?");
        return visible.length() <= 100 ? visible : visible.substring(0, 100) + "...";
    }

    /** Where the registry keeps signatures of the image. */
    SignatureCheck.Source signatures() {
        return new SignatureCheck.Source() {
            @Override
            public Optional<byte[]> tagged(String tag) throws IOException {
                return registry.find(reference, tag).map(ImageRegistry.Document::content);
            }

            @Override
            public InputStream content(Digest digest, long size) throws IOException {
                return registry.blob(reference, digest, size, 0);
            }
        };
    }

    /** Brings content in; what comes damaged is got again, from somebody else if there is one. */
    void content(Descriptor wanted, Sink sink) throws IOException {
        for (int damaged = 1; ; damaged++) {
            try (Claim claim = blobs.fetch(wanted.digest(), wanted.size(), new Remote(wanted), progress)) {
                sink.take(claim);
                claim.await();
                return;
            } catch (DamagedContent e) {
                if (damaged == DAMAGED_MAX) {
                    throw e;
                }
            }
        }
    }

    /** The registry, for one piece of content. */
    private final class Remote implements BlobTransfer.Remote {
        private final Descriptor wanted;

        Remote(Descriptor wanted) {
            this.wanted = wanted;
        }

        @Override
        public InputStream open(long from) throws IOException {
            return registry.blob(reference, wanted.digest(), wanted.size(), from);
        }

        @Override
        public void wrong() throws IOException {
            registry.distrust(reference, wanted.digest());
        }
    }
}
