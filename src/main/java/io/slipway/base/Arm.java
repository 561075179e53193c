package io.slipway.base;

/** What a replica stands for while a rollout compares two revisions. */
public enum Arm {
    /** The stable revision's ordinary replicas; they serve, and are not compared. */
    STABLE,
    /** A replica of the stable revision that is compared, under the same conditions as the candidate. */
    CONTROL,
    /** The revision that is being released. */
    CANDIDATE
}
