package io.slipway.release;

import java.util.List;
import java.util.Map;

/** A service file, read. */
public sealed interface Parsed {
    /**
     * Nothing wrong.
     *
     * @param spec with every default filled in
     * @param origins path of each field that was not given, to where its value comes from
     */
    record Accepted(ReleaseSpec spec, Map<String, String> origins) implements Parsed {}

    /** Everything that is wrong, in the order of the file. */
    record Refused(List<Violation> violations) implements Parsed {}
}
