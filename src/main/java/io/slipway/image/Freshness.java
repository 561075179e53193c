package io.slipway.image;

/** Whether a registry is asked for an image that is here by that name already; tags move. */
public enum Freshness {
    ALWAYS,
    MISSING,
    NEVER
}
