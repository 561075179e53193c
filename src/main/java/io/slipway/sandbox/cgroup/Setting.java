package io.slipway.sandbox.cgroup;

import java.util.Optional;

/**
 * One write that sets a limit.
 *
 * @param file in the group's directory
 * @param twin the same for another part of the kernel: either file may be missing, but not both
 */
record Setting(String file, String value, Optional<Setting> twin) {
    Setting(String file, String value) {
        this(file, value, Optional.empty());
    }

    static Setting of(String file, long value) {
        return new Setting(file, Long.toString(value));
    }

    Setting withTwin(Setting other) {
        return new Setting(file, value, Optional.of(other));
    }
}
