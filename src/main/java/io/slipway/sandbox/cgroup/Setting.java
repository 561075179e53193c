package io.slipway.sandbox.cgroup;

/**
 * One write that sets a limit.
 *
 * @param file in the group's directory
 */
record Setting(String file, String value) {
    static Setting of(String file, long value) {
        return new Setting(file, Long.toString(value));
    }
}
