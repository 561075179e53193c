package io.slipway.image;

import java.util.Optional;

/**
 * How images come into a store.
 *
 * @param registry where they are pulled from; empty: nothing is pulled
 * @param policy whose signatures they need
 * @param owner for whom: what it brought and no longer needs is removed; empty for people, whose images stay until they remove them
 */
public record PullSetup(Optional<ImageRegistry> registry, PullProgress progress, SignaturePolicy policy, String owner) {
    public static final PullSetup NONE = new PullSetup(Optional.empty(), PullProgress.NONE, SignaturePolicy.NONE, "");

    /** For people. The registry stays the caller's to close. */
    public static PullSetup of(ImageRegistry registry, PullProgress progress, SignaturePolicy policy) {
        return new PullSetup(Optional.of(registry), progress, policy, "");
    }

    public PullSetup forOwner(String name) {
        return new PullSetup(registry, progress, policy, name);
    }
}
