package io.slipway.release;

/**
 * One thing wrong with what was given.
 *
 * @param field path of the field, {@code processes.web.replicas}
 * @param value what was given, cut to 200 characters
 * @param problem what is wrong with it
 * @param fix how to mend it
 */
public record Violation(String field, String value, String problem, String fix) {}
