package io.slipway.cli.oci;

import io.slipway.sandbox.oci.Features;

/** What {@code --version} prints; its form is runc's, which callers read line by line. */
final class Version {
    private Version() {}

    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "slipway-oci version " + (version == null ? "unpacked" : version) + "\nspec: " + Features.SPECIFICATION
                + "\n";
    }
}
