package io.slipway.dashboard;

import io.slipway.control.OwnSeriesStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A series of the team's own, and how its source does, as one line of a list.
 *
 * @param text the query, or the name that is pushed under
 * @param error why the last question failed, and when; empty where it did not
 */
record SourceLine(
        String kind,
        String text,
        StateMark mark,
        String error,
        @Nullable Moment failed,
        @Nullable Moment newest,
        @Nullable Moment answered) {
    /** What was not asked for and not pushed for so long is no matter of now. */
    private static final Duration SHOWN = Duration.ofDays(1);

    static List<SourceLine> of(List<OwnSeriesStore.State> states, Instant now) {
        return states.stream()
                .filter(s -> Stream.of(s.answeredAt(), s.failedAt())
                        .flatMap(Optional::stream)
                        .anyMatch(at -> at.isAfter(now.minus(SHOWN))))
                .map(s -> of(s, now))
                .toList();
    }

    private static SourceLine of(OwnSeriesStore.State state, Instant now) {
        return new SourceLine(
                VerdictRow.name(state.series().source()),
                state.series().text(),
                mark(state),
                state.error().orElse(""),
                state.error()
                        .flatMap(e -> state.failedAt())
                        .map(t -> Moment.of(t, now))
                        .orElse(null),
                state.newest().map(t -> Moment.of(t, now)).orElse(null),
                state.answeredAt().map(t -> Moment.of(t, now)).orElse(null));
    }

    private static StateMark mark(OwnSeriesStore.State state) {
        if (state.error().isPresent()) {
            return new StateMark("bad", "failed");
        }
        return state.newest().isPresent() ? new StateMark("good", "answered") : new StateMark("quiet", "no value yet");
    }
}
