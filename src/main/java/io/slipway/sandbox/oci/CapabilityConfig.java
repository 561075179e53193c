package io.slipway.sandbox.oci;

import io.slipway.sandbox.Capabilities;
import java.util.ArrayList;
import java.util.List;

/** The five sets of {@code process.capabilities}, as bits by capability number (capabilities(7)), and the names that were passed over. */
record CapabilityConfig(
        long bounding, long effective, long permitted, long inheritable, long ambient, List<String> unknown) {
    static final CapabilityConfig NONE = new CapabilityConfig(0, 0, 0, 0, 0, List.of());

    static CapabilityConfig parse(Node node, OciVersion version) throws ConfigException {
        if (!node.present()) {
            return NONE;
        }
        List<String> unknown = new ArrayList<>();
        return new CapabilityConfig(
                mask(node.at("bounding"), version, unknown),
                mask(node.at("effective"), version, unknown),
                mask(node.at("permitted"), version, unknown),
                mask(node.at("inheritable"), version, unknown),
                mask(node.at("ambient"), version, unknown),
                List.copyOf(unknown));
    }

    /** With more of them in all sets but the ambient one ({@code exec --cap}). */
    CapabilityConfig plus(long more) {
        return new CapabilityConfig(bounding | more, effective | more, permitted | more, inheritable, ambient, unknown);
    }

    private static long mask(Node node, OciVersion version, List<String> unknown) throws ConfigException {
        long mask = 0;
        for (Node one : node.list()) {
            if (Capabilities.isKnown(one.text())) {
                mask |= 1L << Capabilities.number(one.text());
            } else if (version.passesOverUnknownCapabilities()) {
                unknown.add(one.text());
            } else {
                throw one.wrong("name a capability of this kernel, as CAP_CHOWN (capabilities(7))");
            }
        }
        return mask;
    }
}
