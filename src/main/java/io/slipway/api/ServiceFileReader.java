package io.slipway.api;

import io.slipway.control.Refused;
import io.slipway.release.Parsed;
import io.slipway.release.PolicyDefaults;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.SpecParser;
import io.slipway.release.Violation;
import java.util.List;

/** Reads a service file, YAML or JSON, and fills in every default; refuses it with every mistake at once. */
final class ServiceFileReader {
    private final PolicyDefaults policy;

    ServiceFileReader(PolicyDefaults policy) {
        this.policy = policy;
    }

    /** @param owner who owns the release when the file does not say */
    ReleaseSpec read(String text, String owner) throws Refused {
        return switch (SpecParser.parse(text, policy.withOwner(owner))) {
            case Parsed.Accepted accepted -> accepted.spec();
            case Parsed.Refused refused -> throw refusal(refused.violations());
        };
    }

    /** What concerns the file as a whole could not be read (400); what concerns its fields could, and is wrong (422). */
    private static Refused refusal(List<Violation> found) {
        Violation first = found.getFirst();
        if (found.size() == 1 && first.field().isEmpty()) {
            throw BadRequest.unreadable(
                    "The service file " + first.problem() + ". Nothing was stored. To mend it: " + first.fix() + ".");
        }
        String count = found.size() == 1 ? "1 mistake" : found.size() + " mistakes";
        return new Refused(
                Refused.Kind.INVALID,
                "The service file has " + count + ", each listed under 'violations'. Nothing was stored.",
                found);
    }
}
