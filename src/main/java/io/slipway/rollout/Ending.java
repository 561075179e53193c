package io.slipway.rollout;

/** How a rollout can end. */
public enum Ending {
    /** The watch ended and the new revision is the stable one. */
    SETTLED("settled"),
    /** The watch ended without evidence; its owner accepts, extends or reverts. */
    UNPROVEN("unproven"),
    /** A stop condition, or a person, took it back. */
    REVERTED("reverted"),
    /** Given up before promotion: by a person, at a gate for lack of evidence, or at an approval's deadline. */
    ABORTED("aborted"),
    /** A newer release took its place. */
    SUPERSEDED("superseded"),
    /** A check did not hold, or the new revision never became ready; no traffic reached it, or it was taken back. */
    FAILED("failed");

    private final String label;

    Ending(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
