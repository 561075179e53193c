package io.slipway.rooms.planted.cellar;

/** Planted: a room that the table does not know. */
public record Barrel() {}
