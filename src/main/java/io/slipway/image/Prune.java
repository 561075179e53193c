package io.slipway.image;

/**
 * What is to be removed from a store.
 *
 * @param unused also images that have a name, if nobody needs them; otherwise only what has no name any more
 * @param dryRun only say what would be
 */
public record Prune(boolean unused, boolean dryRun) {
    /** What has no name any more. */
    public static final Prune UNNAMED = new Prune(false, false);
}
