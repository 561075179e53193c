package io.slipway.dashboard;

import io.slipway.control.Views.AllocationView;
import io.slipway.placement.AllocationStatus;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A replica as one line of a list. */
record ReplicaLine(
        String service,
        String revision,
        String process,
        String arm,
        String host,
        StateMark mark,
        String address,
        int restarts,
        String reason,
        String limits,
        @Nullable Moment started) {
    static ReplicaLine of(AllocationView v, Instant now) {
        var a = v.allocation();
        return new ReplicaLine(
                a.revision().service().value(),
                a.revision().label(),
                a.process(),
                a.arm().name().toLowerCase(Locale.ROOT),
                a.host().value(),
                v.status()
                        .map(s -> mark(s.state()))
                        .orElse(new StateMark("quiet", v.wanted() ? "not reported yet" : "to be removed")),
                v.status().flatMap(AllocationStatus::address).orElse(Figures.NONE),
                v.status().map(AllocationStatus::restarts).orElse(0),
                v.status().map(ReplicaLine::reason).orElse(""),
                a.spec().resources().cpu() + " cpu, "
                        + Figures.bytes(a.spec().resources().memoryBytes()),
                v.status()
                        .flatMap(AllocationStatus::startedAt)
                        .map(t -> Moment.of(t, now))
                        .orElse(null));
    }

    static boolean isThere(AllocationView v) {
        return v.wanted()
                || v.status()
                        .filter(s ->
                                s.state() != AllocationStatus.State.ENDED && s.state() != AllocationStatus.State.FAILED)
                        .isPresent();
    }

    private static String reason(AllocationStatus status) {
        return status.reason().equalsIgnoreCase(status.state().name()) ? "" : status.reason();
    }

    private static StateMark mark(AllocationStatus.State state) {
        String word = state.name().toLowerCase(Locale.ROOT);
        return switch (state) {
            case PREPARING, STARTING -> new StateMark("busy", word);
            case READY -> new StateMark("good", word);
            case STOPPING, ENDED -> new StateMark("quiet", word);
            case FAILED -> new StateMark("bad", word);
        };
    }
}
