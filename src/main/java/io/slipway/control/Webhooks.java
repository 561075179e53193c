package io.slipway.control;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where signed messages go, and what became of each. */
public interface Webhooks {
    /** Stores a webhook. {@code kinds} empty means all messages. The secret is shown once, by the caller. */
    Webhook create(String url, String secretBase64, List<String> kinds, Actor by) throws Refused;

    List<Webhook> list();

    /** False if there is none. */
    boolean delete(String id);

    /** Newest first. */
    List<Delivery> deliveries(String webhook, int limit);

    /** Sends a message again, under the same id. False if there is none. */
    boolean redeliver(String webhook, String delivery);

    /** A webhook, without its secret. */
    record Webhook(String id, String url, List<String> kinds, Instant createdAt, String createdBy) {}

    /** One message for one webhook. {@code deadAt} is set when it was given up. */
    record Delivery(
            String id,
            String webhook,
            String kind,
            String payload,
            Instant createdAt,
            int attempts,
            Optional<Instant> nextAt,
            Optional<Instant> deliveredAt,
            Optional<Instant> deadAt,
            Optional<Integer> lastStatus,
            Optional<String> lastError) {}
}
