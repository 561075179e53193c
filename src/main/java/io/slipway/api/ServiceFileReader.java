package io.slipway.api;

import io.slipway.control.Refused;
import io.slipway.release.ReleaseSpec;

/** Reads a service file, YAML or JSON, and fills in every default. Refuses it with every mistake at once. */
@FunctionalInterface
public interface ServiceFileReader {
    /** @param owner who owns the release when the file does not say */
    ReleaseSpec read(String text, String owner) throws Refused;
}
