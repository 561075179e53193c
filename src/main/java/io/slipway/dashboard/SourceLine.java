package io.slipway.dashboard;

import io.slipway.control.OwnSeriesStore;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A series of the team's own, and how its source does, as one line of a list.
 *
 * @param text the query, or the name that is pushed under
 * @param error why the last question failed; empty where it did not
 */
record SourceLine(
        String kind,
        String text,
        StateMark mark,
        String error,
        @Nullable Moment newest,
        @Nullable Moment answered) {
    static SourceLine of(OwnSeriesStore.State state, Instant now) {
        return new SourceLine(
                VerdictRow.name(state.series().source()),
                state.series().text(),
                mark(state),
                state.error().orElse(""),
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
