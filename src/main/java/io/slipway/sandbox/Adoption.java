package io.slipway.sandbox;

import java.util.List;

/**
 * What was found of an earlier run.
 *
 * @param running containers that still run, watched again
 * @param ended those that have ended, now or earlier, and were not removed
 * @param removed ids of those that were only half made or half removed, now gone
 */
public record Adoption(List<Sandbox> running, List<Sandbox> ended, List<String> removed) {}
