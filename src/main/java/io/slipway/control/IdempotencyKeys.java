package io.slipway.control;

import java.time.Instant;
import java.util.Map;

/** Remembers the answer to a request with an {@code Idempotency-Key}, so that the same request sent again is not done again. */
public interface IdempotencyKeys {
    /** Claims the key for this request, or says what became of the earlier one. {@code requestSha256} covers method, path and body. */
    Claim begin(String actor, String key, String requestSha256);

    /** Saves the answer for those who ask again. */
    void finish(String actor, String key, Answer answer);

    /** Gives the key back after a refusal (4xx) or a failure that may be tried again (5xx): nothing was done. */
    void abandon(String actor, String key);

    /** What {@code begin} found. */
    sealed interface Claim {
        /** Not seen before: go on, then {@code finish} or {@code abandon}. */
        record Fresh() implements Claim {}

        /** Done before: answer the same. */
        record Replay(Answer answer) implements Claim {}

        /** The first request is not answered yet (409, Retry-After). */
        record InFlight(Instant since) implements Claim {}

        /** The key belongs to another request (422). */
        record Conflicting() implements Claim {}
    }

    /** A saved answer. */
    record Answer(int status, Map<String, String> headers, byte[] body) {}
}
