package io.slipway.api;

import io.slipway.control.Actor;
import io.slipway.control.Refused;
import io.slipway.control.Webhooks;
import io.slipway.release.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Webhooks in memory; each has one delivery that was given up. */
public final class FakeWebhooks implements Webhooks {
    public final List<String> redelivered = new ArrayList<>();
    private final List<Webhook> kept = new ArrayList<>();

    @Override
    public Webhook create(String url, String secretBase64, List<String> kinds, Actor by) throws Refused {
        if (!url.startsWith("https://")) {
            throw new Refused(
                    Refused.Kind.INVALID,
                    "the address cannot be used",
                    List.of(new Violation("url", url, "is not https", "Use https.")));
        }
        Webhook made = new Webhook("wh-" + (kept.size() + 1), url, kinds, Instant.now(), by.name());
        kept.add(made);
        return made;
    }

    @Override
    public List<Webhook> list() {
        return List.copyOf(kept);
    }

    @Override
    public boolean delete(String id) {
        return kept.removeIf(w -> w.id().equals(id));
    }

    @Override
    public List<Delivery> deliveries(String webhook, int limit) {
        Instant now = Instant.now();
        return List.of(new Delivery(
                "d-1",
                webhook,
                "rollout.reverted",
                "{}",
                now,
                9,
                Optional.empty(),
                Optional.empty(),
                Optional.of(now),
                Optional.of(503),
                Optional.of("503 from the receiver")));
    }

    @Override
    public boolean redeliver(String webhook, String delivery) {
        return delivery.equals("d-1") && redelivered.add(delivery);
    }
}
