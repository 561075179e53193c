package io.slipway.outbound;

import io.slipway.control.DeliveryQueue;
import io.slipway.control.Notifier;
import io.slipway.control.Rollout;
import io.slipway.rollout.Effect;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Tells webhooks. The message's type is {@code rollout.} and the rollout's public state; a golden file shows the whole. */
public final class WebhookNotifier implements Notifier {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final DeliveryQueue queue;

    public WebhookNotifier(DeliveryQueue queue) {
        this.queue = queue;
    }

    @Override
    public void tell(Rollout rollout, Effect.Notify what, Instant at) {
        String kind = "rollout." + rollout.state().label();
        queue.enqueue(kind, payload(kind, rollout, what, at), at);
    }

    static String payload(String kind, Rollout rollout, Effect.Notify what, Instant at) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("rollout", rollout.id().value());
        data.put("release", rollout.release());
        data.put("service", rollout.service().value());
        data.put("revision", rollout.revision().number());
        rollout.stable().ifPresent(stable -> data.put("stable", stable.number()));
        data.put("state", rollout.state().label());
        data.put("version", rollout.version());
        data.put("severity", what.severity().name().toLowerCase(Locale.ROOT));
        Map<String, Object> reason = new LinkedHashMap<>();
        reason.put("code", what.what().code());
        reason.put("text", what.what().text());
        data.put("reason", reason);
        data.put("owner", rollout.owner());
        data.put("channel", rollout.spec().release().channel());
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("type", kind);
        message.put("timestamp", at.toString());
        message.put("data", data);
        return JSON.writeValueAsString(message);
    }
}
