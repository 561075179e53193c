package io.slipway.control;

/** Who asks: a person or a pipeline, by the name of its token. {@code admin} may act in the owner's place, and is recorded as overriding. */
public record Actor(String name, boolean admin) {}
