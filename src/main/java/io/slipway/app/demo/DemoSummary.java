package io.slipway.app.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a demo ends with, as its last line.
 *
 * @param requests sent through the edge during the whole demo
 * @param failedByUs those of them that failed for another cause than the sample service's own answer
 * @param decisions rows in the decision chain
 * @param leftBehind what was still there after everything was taken down
 */
public record DemoSummary(
        List<Released> releases,
        long requests,
        long failedByUs,
        long decisions,
        boolean chainVerified,
        List<String> leftBehind) {
    /**
     * One release.
     *
     * @param detectSeconds from the first request that the candidate could get to the decision to revert
     * @param revertMs from that decision to the edge's confirmation that all traffic is back
     */
    public record Released(
            int revision,
            String state,
            @Nullable String reason,
            @Nullable Double detectSeconds,
            @Nullable Long revertMs) {}

    /** Whether this is what the demo is to show. */
    public boolean asExpected(boolean healthy) {
        boolean ended = releases.size() == 2
                && releases.get(0).state().equals("settled")
                && releases.get(1).state().equals(healthy ? "settled" : "reverted");
        return ended && failedByUs == 0 && chainVerified && leftBehind.isEmpty();
    }
}
