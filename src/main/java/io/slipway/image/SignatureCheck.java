package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Looks whether a policy lets an image in. Signatures are those that cosign makes with a key: an image tagged {@code sha256-HEX.sig} beside the
 * signed one, each layer a payload in the "simple signing" form, its signature in an annotation (cosign, SIGNATURE_SPEC.md). No transparency log is
 * asked: the keys decide.
 */
final class SignatureCheck {
    private static final String PAYLOAD_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
    private static final String SIGNATURE = "dev.cosignproject.cosign/signature";
    private static final int PAYLOAD_BYTES_MAX = 256 * 1024;
    private static final int SIGNATURES_MAX = 64;

    private final String reference;
    private final SignatureRule rule;
    private final KeptSignatures kept;
    private final Source source;

    /** Where signatures lie beside those that are kept. */
    interface Source {
        /** There are none. */
        Source NONE = new Source() {
            @Override
            public Optional<byte[]> tagged(String tag) {
                return Optional.empty();
            }

            @Override
            public InputStream content(Digest digest, long size) {
                return InputStream.nullInputStream();
            }
        };

        /** The document with a tag; empty if there is none. */
        Optional<byte[]> tagged(String tag) throws IOException;

        InputStream content(Digest digest, long size) throws IOException;
    }

    SignatureCheck(String reference, SignatureRule rule, KeptSignatures kept, Source source) {
        this.reference = reference;
        this.rule = rule;
        this.kept = kept;
        this.source = source;
    }

    /**
     * Lets it in, or not.
     *
     * @param digests of what may have been signed: the index, the manifest
     * @throws ImageException if it is refused, or nobody whom the rule names signed any of them
     */
    void admit(List<Digest> digests) throws IOException {
        switch (rule.demand()) {
            case NOTHING -> {}
            case NOT_AT_ALL -> throw refused("the rule lets nothing in");
            case SIGNED -> require(digests.stream().distinct().toList());
        }
    }

    private void require(List<Digest> digests) throws IOException {
        List<PublicKeyFile> keys = new ArrayList<>();
        for (Path file : rule.keys()) {
            keys.add(PublicKeyFile.read(file));
        }
        for (Digest digest : digests) {
            if (kept.of(digest).stream().anyMatch(one -> one.problem(keys).isEmpty())) {
                return;
            }
        }
        List<String> seen = new ArrayList<>();
        for (Digest digest : digests) {
            Optional<byte[]> document = source.tagged("sha256-" + digest.hex() + ".sig");
            List<Signed> found = document.isEmpty() ? List.of() : signatures(digest, document.get());
            for (Signed one : found) {
                Optional<String> wrong = one.problem(keys);
                if (wrong.isEmpty()) {
                    kept.keep(one);
                    return;
                }
                seen.add(wrong.get());
            }
        }
        throw refused(
                seen.isEmpty() ? "it has no signature" : "none of its signatures counts: " + String.join("; ", seen));
    }

    private List<Signed> signatures(Digest digest, byte[] document) throws IOException {
        List<Signed> all = new ArrayList<>();
        for (JsonNode layer :
                Documents.tree(document, "signatures of " + reference).path("layers")) {
            String signature = layer.path("annotations").path(SIGNATURE).asString("");
            if (layer.path("mediaType").asString("").equals(PAYLOAD_TYPE)
                    && !signature.isEmpty()
                    && all.size() < SIGNATURES_MAX) {
                all.add(new Signed(digest, payload(layer), decoded(signature)));
            }
        }
        return all;
    }

    private byte[] payload(JsonNode layer) throws IOException {
        long size = layer.path("size").asLong(-1);
        if (size < 0 || size > PAYLOAD_BYTES_MAX) {
            throw refused("a signature's payload says it has " + size + " bytes");
        }
        try {
            Digest digest = Digest.parse(layer.path("digest").asString(""));
            try (InputStream in = source.content(digest, size)) {
                byte[] payload = in.readNBytes((int) size + 1);
                BlobStore.verify(digest, size, Digest.of(payload), payload.length);
                return payload;
            }
        } catch (InvalidReference e) {
            throw refused("a signature's payload has a bad digest: " + e.getMessage());
        }
    }

    private static byte[] decoded(String signature) {
        try {
            return Base64.getDecoder().decode(signature);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private ImageException refused(String why) {
        String wanted = rule.demand() == SignatureRule.Demand.NOT_AT_ALL
                ? " refuses them"
                : " asks for a signature by " + rule.keys() + "; sign it, e.g. with cosign sign --key";
        return new ImageException("signature_refused: image " + reference + " was not taken in: " + why
                + ". The rule for '" + rule.images() + "' in registries.yaml" + wanted);
    }
}
