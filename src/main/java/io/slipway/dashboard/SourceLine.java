package io.slipway.dashboard;

import io.slipway.control.OwnSeriesStore;
import io.slipway.control.Views.WindowsOfHost;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A source of metrics and how it does, as one line of a list.
 *
 * @param text the query, the name that is pushed under, or the hosts
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

    private static final int NAMED_MAX = 10;

    /** Those whose windows come in one line, each of the others in its own. */
    static List<SourceLine> ofHosts(List<WindowsOfHost> hosts, Instant now) {
        List<WindowsOfHost> late = hosts.stream().filter(h -> h.isLate(now)).toList();
        long fresh = hosts.stream()
                .filter(h -> !h.isLate(now) && h.newest().isEmpty())
                .count();
        long punctual = hosts.size() - late.size() - fresh;
        List<SourceLine> lines = new ArrayList<>();
        hosts.stream()
                .filter(h -> !h.isLate(now))
                .flatMap(h -> h.newest().map(WindowsOfHost.Newest::end).stream())
                .min(Comparator.naturalOrder())
                .ifPresent(
                        oldest -> lines.add(host(count(punctual, ""), "good", "answered", Optional.of(oldest), now)));
        if (fresh > 0) {
            lines.add(host(count(fresh, ""), "quiet", "placed just now", Optional.empty(), now));
        }
        late.stream()
                .limit(NAMED_MAX)
                .forEach(h -> lines.add(
                        host(h.host().value(), "bad", h.trouble(now), h.newest().map(WindowsOfHost.Newest::end), now)));
        if (late.size() > NAMED_MAX) {
            lines.add(host(count(late.size() - NAMED_MAX, "more "), "bad", "late or none", Optional.empty(), now));
        }
        return lines;
    }

    private static String count(long hosts, String more) {
        return hosts + " " + more + (hosts == 1 ? "host" : "hosts");
    }

    private static SourceLine host(String text, String kind, String words, Optional<Instant> newest, Instant now) {
        return new SourceLine(
                "Edge and cgroups",
                text,
                new StateMark(kind, words),
                "",
                null,
                newest.map(t -> Moment.of(t, now)).orElse(null),
                null);
    }

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
