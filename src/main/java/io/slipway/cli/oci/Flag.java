package io.slipway.cli.oci;

/**
 * A flag of the command line.
 *
 * @param shortName one letter, or empty
 * @param value what it takes, for the help; empty when it takes nothing
 */
record Flag(String name, String shortName, String value, String help) {
    boolean takesValue() {
        return !value.isEmpty();
    }

    static Flag of(String name, String shortName, String help) {
        return new Flag(name, shortName, "", help);
    }

    static Flag of(String name, String shortName, String value, String help) {
        return new Flag(name, shortName, value, help);
    }
}
