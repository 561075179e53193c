package io.slipway.rooms.planted;

/** Planted: a type outside of every room. */
public record Homeless() {}
