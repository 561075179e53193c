package io.slipway.image;

import java.util.List;

/**
 * Whose signatures images need before anything of them is unpacked. The first rule that covers a name counts; what none covers is accepted.
 */
public record SignaturePolicy(List<SignatureRule> rules) {
    /** Accepts everything. */
    public static final SignaturePolicy NONE = new SignaturePolicy(List.of());

    private static final SignatureRule ACCEPT = new SignatureRule("*", SignatureRule.Demand.NOTHING, List.of());

    public SignaturePolicy {
        rules = List.copyOf(rules);
    }

    /** Whether an image of this name is asked for anything. */
    boolean asks(String name) {
        return rule(name).demand() != SignatureRule.Demand.NOTHING;
    }

    SignatureRule rule(String name) {
        return rules.stream().filter(one -> one.covers(name)).findFirst().orElse(ACCEPT);
    }
}
