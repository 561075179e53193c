package io.slipway.release;

/** A condition that must hold before the rollout begins. */
public enum Check {
    /** The image resolves to a digest, unpacks, and fits the hosts' architecture. */
    IMAGE,
    /** There is room for the candidate, the control and the warm replica. */
    CAPACITY,
    /** A real container of the new revision becomes ready without traffic. */
    SMOKE
}
