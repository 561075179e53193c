package io.slipway.runbook;

import io.slipway.base.RolloutId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Links decisions: each hash is SHA-256 over the hash before, a line feed, and the canonical JSON of all other fields, in UTF-8. A decision that
 * is edited, left out or put in later is found; a tail that is cut off is found only against a head that was kept elsewhere.
 */
public final class HashChain {
    /** The hash before the first. */
    public static final String GENESIS = "0".repeat(64);

    private HashChain() {}

    /** The first link that does not hold. */
    public record Broken(long sequence, String why) {}

    /**
     * Gives a decision its place: sequence, previous hash and hash are set, the time is cut to microseconds, which is what a database keeps.
     * Evidence must be stored as this very text: a column that reorders JSON breaks the chain.
     */
    public static Decision append(Optional<Decision> previous, Decision draft) {
        long sequence = previous.map(it -> it.sequence() + 1).orElse(1L);
        return link(draft, sequence, previous.map(Decision::hash).orElse(GENESIS));
    }

    /** Like {@link #append}, for a caller that holds only the head's sequence and hash. */
    public static Decision link(Decision draft, long sequence, String previousHash) {
        Decision placed = with(draft, sequence, previousHash, "");
        return with(placed, sequence, previousHash, hash(placed));
    }

    /** Verifies a chain from its first decision on; empty when every link holds. */
    public static Optional<Broken> verify(List<Decision> oldestFirst) {
        return verify(oldestFirst, 0, GENESIS);
    }

    /** Verifies a part of a chain. */
    public static Optional<Broken> verify(List<Decision> oldestFirst, long sequenceBefore, String hashBefore) {
        long sequence = sequenceBefore;
        String hash = hashBefore;
        for (Decision decision : oldestFirst) {
            sequence++;
            if (decision.sequence() != sequence) {
                return Optional.of(
                        new Broken(sequence, "expected here, found " + decision.sequence() + ": left out or put in"));
            }
            if (!decision.previousHash().equals(hash)) {
                return Optional.of(new Broken(sequence, "does not follow from the decision before it"));
            }
            if (!decision.hash().equals(hash(decision))) {
                return Optional.of(new Broken(sequence, "was changed after it was decided"));
            }
            hash = decision.hash();
        }
        return Optional.empty();
    }

    /** What is hashed beside the previous hash. */
    static String canonical(Decision decision) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("sequence", decision.sequence());
        fields.put("rollout", decision.rollout().map(RolloutId::value).orElse(""));
        fields.put("service", decision.service().value());
        fields.put("version", decision.version());
        fields.put("kind", decision.kind());
        fields.put("by", decision.by());
        fields.put("fromState", decision.fromState());
        fields.put("toState", decision.toState());
        fields.put("reasonCode", decision.reason().code());
        fields.put("reason", decision.reason().text());
        fields.put("evidence", decision.evidence());
        fields.put("at", decision.at().truncatedTo(ChronoUnit.MICROS).toString());
        return Json.of(fields);
    }

    private static String hash(Decision decision) {
        String text = decision.previousHash() + "\n" + canonical(decision);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(
                    "every JDK must have SHA-256 (java.security.MessageDigest), this one has not", e);
        }
    }

    private static Decision with(Decision it, long sequence, String previousHash, String hash) {
        return new Decision(
                sequence,
                it.rollout(),
                it.service(),
                it.version(),
                it.kind(),
                it.by(),
                it.fromState(),
                it.toState(),
                it.reason(),
                it.evidence(),
                it.at().truncatedTo(ChronoUnit.MICROS),
                previousHash,
                hash);
    }
}
