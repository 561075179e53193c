package io.slipway.rooms.planted.placement;

import io.slipway.rooms.planted.rollout.Reacher;

/** Planted: the way back, so that the two import each other. */
public record Grip(String name) {
    public Reacher reach() {
        return new Reacher(this);
    }
}
