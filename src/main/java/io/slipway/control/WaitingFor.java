package io.slipway.control;

import io.slipway.base.Arm;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Step;
import io.slipway.rollout.FleetView;
import io.slipway.rollout.RolloutState;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** What would move a rollout on, in words that go on after "waits for". What the judge saw last is the verdict's to say. */
final class WaitingFor {
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("d MMM HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private WaitingFor() {}

    static Optional<String> sentence(RolloutState state, ReleaseSpec spec, Optional<FleetView> fleet) {
        return switch (state) {
            case RolloutState.Queued q -> Optional.of("its turn");
            case RolloutState.Checking c ->
                Optional.of("the check "
                        + c.remaining().stream()
                                .findFirst()
                                .map(check -> check.name().toLowerCase(Locale.ROOT))
                                .orElse("")
                        + ", until " + at(c.deadline()));
            case RolloutState.Starting s ->
                Optional.of("replicas to become ready" + ready(fleet) + ", until " + at(s.deadline()));
            case RolloutState.Shifting s ->
                Optional.of("every edge to confirm the new weights, until " + at(s.deadline()));
            case RolloutState.Holding h -> Optional.of("the hold to end at " + at(h.until()));
            case RolloutState.Gating g -> Optional.of(gate(g, spec));
            case RolloutState.AwaitingApproval a -> Optional.of("approval, until " + at(a.deadline()));
            case RolloutState.Paused p -> Optional.of("somebody to resume it");
            case RolloutState.Watching w -> Optional.of("the watch to end at " + at(w.deadline()));
            case RolloutState.Reverting r -> Optional.of("every edge to confirm that the stable revision serves");
            case RolloutState.Ended e -> Optional.empty();
        };
    }

    private static String ready(Optional<FleetView> fleet) {
        return fleet.map(f ->
                        " (candidate " + count(f.arm(Arm.CANDIDATE)) + ", control " + count(f.arm(Arm.CONTROL)) + ")")
                .orElse("");
    }

    private static String count(FleetView.ArmView arm) {
        return arm.ready() + " of " + arm.wanted();
    }

    private static String gate(RolloutState.Gating gating, ReleaseSpec spec) {
        Step step = spec.release().steps().get(gating.step());
        String requests = step instanceof Step.Gate gate ? gate.minRequests() + " requests of each arm" : "both arms";
        return "a healthy verdict on " + requests + ", until " + at(gating.deadline());
    }

    private static String at(Instant instant) {
        return UTC.format(instant);
    }
}
