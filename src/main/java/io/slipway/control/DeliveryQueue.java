package io.slipway.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The outbox of messages to webhooks. */
public interface DeliveryQueue {
    /** Stores one delivery per webhook that wants messages of this kind, in the transaction of its thread. */
    void enqueue(String kind, String payload, Instant at);

    /** Takes one that is due and hides it from other senders for {@code hidden}: a sender that dies does not lose it. */
    Optional<Due> claim(Duration hidden);

    void delivered(Due delivery, int status);

    /** To be tried again after {@code wait}. */
    void retry(Due delivery, Duration wait, Optional<Integer> status, String error);

    /** Given up: stays to be seen, and to be sent again by hand. */
    void dead(Due delivery, Optional<Integer> status, String error);

    /** A delivery to be made; {@code attempts} includes this one. */
    record Due(String id, String url, String secretBase64, String payload, int attempts, Instant createdAt) {}
}
