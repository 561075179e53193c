package io.slipway.image;

import java.util.Set;

/**
 * What is to be removed from a store.
 *
 * @param unused also images that have a name, if nobody needs them; otherwise only what has no name any more
 * @param dryRun only say what would be
 * @param layersInUse diff ids of what containers stand on
 */
public record Prune(boolean unused, boolean dryRun, Set<Digest> layersInUse) {
    public Prune {
        layersInUse = Set.copyOf(layersInUse);
    }

    /** What has no name any more. */
    public static Prune unnamed(Set<Digest> layersInUse) {
        return new Prune(false, false, layersInUse);
    }
}
