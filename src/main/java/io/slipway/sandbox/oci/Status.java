package io.slipway.sandbox.oci;

import java.util.Locale;

/** Where in its life a container is (runtime.md, "State"); {@code PAUSED} beside the specification's, as runc has it. */
public enum Status {
    CREATING,
    CREATED,
    RUNNING,
    PAUSED,
    STOPPED;

    /** As it is printed. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
