package io.slipway.image;

import java.util.List;
import java.util.Optional;

/** Which image of an index is for a platform. */
final class PlatformChoice {
    private PlatformChoice() {}

    /** The first that fits; one that does not say what it is for only if it is alone. */
    static Descriptor of(List<Descriptor> all, Platform here, String what) throws ImageException {
        Optional<Descriptor> fitting = all.stream()
                .filter(one -> one.platform().filter(here::equals).isPresent())
                .findFirst();
        if (fitting.isPresent()) {
            return fitting.get();
        }
        if (all.size() == 1 && all.getFirst().platform().isEmpty()) {
            return all.getFirst();
        }
        throw new ImageException(what + " has no image for " + here + ", only for "
                + all.stream()
                        .flatMap(one -> one.platform().stream())
                        .distinct()
                        .toList()
                + ". Build it for this architecture too");
    }
}
