package io.slipway.sandbox.oci;

import java.io.IOException;

/** A value of {@code config.json} that cannot be used. */
public final class ConfigException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_CHARACTERS = 120;

    /**
     * @param path e.g. {@code linux.namespaces[2].type}
     * @param value as written, or {@code missing}
     * @param fix what would be right
     */
    ConfigException(String path, String value, String fix) {
        super((path.isEmpty() ? "the document" : path) + " is " + shortened(value) + "; " + fix);
    }

    private static String shortened(String value) {
        return value.length() <= SHOWN_CHARACTERS ? value : value.substring(0, SHOWN_CHARACTERS) + "...";
    }
}
