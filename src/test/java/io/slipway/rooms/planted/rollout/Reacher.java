package io.slipway.rooms.planted.rollout;

import io.slipway.rooms.planted.placement.Grip;

/** Planted: an import that the table does not allow. */
public record Reacher(Grip grip) {}
