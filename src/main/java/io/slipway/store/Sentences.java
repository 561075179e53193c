package io.slipway.store;

import io.slipway.analysis.Verdict;
import io.slipway.base.RevisionId;
import io.slipway.control.ServiceStore.Service;
import io.slipway.control.Views.RolloutView;
import java.util.Optional;

/** A service's state in words with figures. */
final class Sentences {
    private Sentences() {}

    static String of(Service service, Optional<RolloutView> latest) {
        if (latest.isEmpty()) {
            return "Nothing was released yet.";
        }
        RolloutView rollout = latest.get();
        return rollout.state().isOver() ? resting(service, rollout) : moving(rollout);
    }

    /** {@code r2 holds at 25%: p95 212 ms against 180 (+18%, tolerated +10%)}. */
    private static String moving(RolloutView r) {
        String finding = r.verdict().map(Verdict::inBrief).orElseGet(() -> waits(r));
        String revision = r.revision().label();
        String at = r.state().course().weight().toString();
        return switch (r.state().label()) {
            case "queued" -> revision + " is queued.";
            case "checking" -> revision + " is being checked: " + waits(r);
            case "gating" -> revision + " holds at " + at + ": " + finding;
            case "watching" -> revision + " is watched at " + at + ": " + finding;
            case "awaiting-approval" -> revision + " waits at " + at + " for approval: " + finding;
            case "paused" ->
                revision + " is paused at " + at + ": " + r.reason().text();
            case "reverting" -> revision + " is being taken back: " + r.reason().text();
            default -> revision + " is at " + at + ": " + waits(r);
        };
    }

    private static String waits(RolloutView r) {
        return r.waitingFor().map(what -> "waits for " + what).orElse(r.reason().text());
    }

    private static String resting(Service service, RolloutView last) {
        String serves = service.stable()
                .map(RevisionId::label)
                .map(r -> r + " serves. ")
                .orElse("Nothing serves. ");
        String ended = last.revision().label() + " " + last.state().label() + ": "
                + last.reason().text();
        ended = ended.endsWith(".") ? ended : ended + ".";
        String held = service.held()
                .map(why -> " Further releases are held until somebody says unhold.")
                .orElse("");
        return serves + ended + held;
    }
}
