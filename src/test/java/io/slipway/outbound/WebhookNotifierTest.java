package io.slipway.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Epoch;
import io.slipway.base.Reason;
import io.slipway.base.RolloutId;
import io.slipway.control.Rollout;
import io.slipway.rollout.Effect;
import io.slipway.rollout.Ending;
import io.slipway.rollout.RolloutState;
import io.slipway.store.Samples;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WebhookNotifierTest {
    private static final Reason WHY = new Reason("error-rate-regressed", "error rate is 5% against 1%");

    /** Public: contract.md. Receivers depend on each name. */
    @Test
    void the_payload_is_as_documented() {
        Rollout rollout = new Rollout(
                new RolloutId("1m844fbe8"),
                "1m844fbe7",
                Samples.spec(3),
                Samples.OWNER,
                9,
                new RolloutState.Ended(Samples.course(2, 1), Ending.REVERTED, WHY, Samples.NOON),
                WHY,
                Optional.empty(),
                Optional.empty(),
                new Epoch(1),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Samples.NOON,
                Samples.NOON);
        String payload = WebhookNotifier.payload(
                "rollout.reverted", rollout, new Effect.Notify(Effect.Severity.ROUTINE, WHY), Samples.NOON);
        assertThat(payload)
                .isEqualTo("{\"type\":\"rollout.reverted\",\"timestamp\":\"2026-11-23T12:00:00Z\",\"data\":{"
                        + "\"rollout\":\"1m844fbe8\",\"release\":\"1m844fbe7\",\"service\":\"shop\",\"revision\":2,\"stable\":1,"
                        + "\"state\":\"reverted\",\"version\":9,\"severity\":\"routine\",\"reason\":{\"code\":\"error-rate-regressed\",\"text\":\"error"
                        + " rate is 5% against 1%\"},"
                        + "\"owner\":\"alice@example.com\",\"channel\":\"https://chat.example.com/shop\"}}");
    }
}
