package io.slipway.image;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** Removes one image, unless somebody needs it. The caller keeps everybody else away. */
final class Removal {
    private final StoreParts parts;
    private final Map<String, String> pins;
    private final Set<Digest> stoodOn;

    Removal(StoreParts parts, Map<String, String> pins, Set<Digest> stoodOn) {
        this.parts = parts;
        this.pins = pins;
        this.stoodOn = stoodOn;
    }

    /** @param reference in full, or {@code sha256:...} */
    Pruned remove(String reference, Instant now) throws IOException {
        boolean byDigest = reference.startsWith("sha256:");
        ImageRecords.Known image = parts.records().known().stream()
                .filter(one -> byDigest
                        ? one.digests().contains(Digest.parse(reference))
                        : one.names().contains(reference))
                .findFirst()
                .orElseThrow(() -> new ImageException("there is no image '" + reference
                        + "' in this store; 'slipway image ls' shows those there are"));
        boolean last = byDigest || image.names().size() == 1;
        if (last) {
            String why = new Pruning(parts, new Prune(true, true), stoodOn, pins, now).reasonToKeep(image);
            if (!why.isEmpty()) {
                throw new ImageException("image " + reference + " was not removed: " + why
                        + ". Remove the container, or wait until the agent's services no longer need it");
            }
        }
        if (byDigest) {
            parts.records().forget(image);
        } else {
            parts.records().forgetName(reference);
        }
        return new Pruning(parts, Prune.UNNAMED, stoodOn, pins, now).run();
    }
}
