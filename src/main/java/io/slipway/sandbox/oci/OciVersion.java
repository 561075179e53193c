package io.slipway.sandbox.oci;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code ociVersion} of a config.json: semantic versioning 2.0.0, of which every 1.x can be read. */
record OciVersion(int major, int minor) {
    /** The newest that this runtime was written against. */
    static final String NEWEST = "1.3.0";

    private static final Pattern SEMVER =
            Pattern.compile("(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})"
                    + "(-[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?");

    static OciVersion parse(Node node) throws ConfigException {
        Matcher match = SEMVER.matcher(node.text());
        if (!match.matches()) {
            throw node.wrong("write a version as \"" + NEWEST + "\" (semver 2.0.0)");
        }
        OciVersion version = new OciVersion(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
        if (version.major != 1) {
            throw node.wrong("this runtime reads 1.0.0 to 1.x");
        }
        return version;
    }

    /** Since 1.1 a capability that the kernel does not know is passed over with a warning; before, it was an error (config.md). */
    boolean passesOverUnknownCapabilities() {
        return minor >= 1;
    }
}
