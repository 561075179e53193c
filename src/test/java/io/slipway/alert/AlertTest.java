package io.slipway.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.base.Reason;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.rollout.Effect;
import org.junit.jupiter.api.Test;

class AlertTest {
    @Test
    void an_alert_is_one_paragraph_with_a_title_and_a_key() {
        Reason what = new Reason("healed", "checkout r42 -> r41. p95 212 ms\r\nagainst 180. Stable healthy");
        Alert alert = Alert.of(
                new Effect.Notify(Effect.Severity.URGENT, what), new ServiceName("checkout"), new RolloutId("ro-1"));
        assertThat(alert.title()).isEqualTo("URGENT: checkout r42 -> r41");
        assertThat(alert.text()).isEqualTo("checkout r42 -> r41. p95 212 ms against 180. Stable healthy");
        assertThat(alert.dedupeKey()).isEqualTo("ro-1/healed");
    }
}
