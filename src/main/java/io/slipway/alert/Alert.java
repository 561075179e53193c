package io.slipway.alert;

import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.rollout.Effect;

/**
 * Something that people are told.
 *
 * @param text one paragraph without line breaks, with figures
 * @param dedupeKey the same for the same trouble of the same rollout: a receiver that has it already shows it once
 */
public record Alert(Effect.Severity severity, ServiceName service, String title, String text, String dedupeKey) {
    private static final int TITLE_CHARS_MAX = 120;

    public static Alert of(Effect.Notify notify, ServiceName service, RolloutId rollout) {
        String text = notify.what().text().replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        String urgent = notify.severity() == Effect.Severity.URGENT ? "URGENT: " : "";
        String first = text.split("[.;] ", 2)[0];
        String title = urgent + (first.startsWith(service.value()) ? first : service + ": " + first);
        return new Alert(
                notify.severity(),
                service,
                cut(title),
                text,
                rollout + "/" + notify.what().code());
    }

    private static String cut(String title) {
        return title.length() <= TITLE_CHARS_MAX ? title : title.substring(0, TITLE_CHARS_MAX - 3) + "...";
    }
}
