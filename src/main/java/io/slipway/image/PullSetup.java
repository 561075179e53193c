package io.slipway.image;

import java.util.Optional;

/**
 * How images come into a store.
 *
 * @param registry where they are pulled from; empty: nothing is pulled
 * @param policy whose signatures they need
 * @param platform whose image is taken of an index
 * @param owner for whom: what it brought and no longer needs is removed; empty for people, whose images stay until they remove them
 */
public record PullSetup(
        Optional<ImageRegistry> registry,
        PullProgress progress,
        SignaturePolicy policy,
        Platform platform,
        String owner) {
    public static final PullSetup NONE = local(SignaturePolicy.NONE);

    /** For people, who import what lies on this machine. */
    public static PullSetup local(SignaturePolicy policy) {
        return new PullSetup(Optional.empty(), PullProgress.NONE, policy, Platform.here(), "");
    }

    /** For people. The registry stays the caller's to close. */
    public static PullSetup of(ImageRegistry registry, PullProgress progress, SignaturePolicy policy) {
        return new PullSetup(Optional.of(registry), progress, policy, Platform.here(), "");
    }

    public PullSetup forOwner(String name) {
        return new PullSetup(registry, progress, policy, platform, name);
    }

    /** For another machine than this one. */
    public PullSetup forPlatform(Platform other) {
        return new PullSetup(registry, progress, policy, other, owner);
    }
}
