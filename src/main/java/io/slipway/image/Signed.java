package io.slipway.image;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A signature with what it signs, in the "simple signing" form. */
final class Signed {
    private static final String CRITICAL_TYPE = "cosign container image signature";
    private final Digest digest;
    private final byte[] payload;
    private final byte[] signature;

    /** @param digest of what it should be for */
    Signed(Digest digest, byte[] payload, byte[] signature) {
        this.digest = digest;
        this.payload = payload.clone();
        this.signature = signature.clone();
    }

    Digest digest() {
        return digest;
    }

    byte[] payload() {
        return payload.clone();
    }

    byte[] signature() {
        return signature.clone();
    }

    /** Why it does not count; empty if it does. */
    Optional<String> problem(List<PublicKeyFile> keys) {
        if (keys.stream().noneMatch(key -> key.signed(payload, signature))) {
            return Optional.of("one is by nobody of those");
        }
        try {
            JsonNode critical = Documents.tree(payload, "payload").path("critical");
            String named = critical.path("image").path("docker-manifest-digest").asString("");
            if (!critical.path("type").asString("").equals(CRITICAL_TYPE)) {
                return Optional.of("one is of another type");
            }
            return named.equals(digest.toString()) ? Optional.empty() : Optional.of("one is for another image");
        } catch (ImageException e) {
            return Optional.of("one signs no image");
        }
    }
}
