package io.slipway.api;

import io.slipway.base.Reason;
import io.slipway.control.Views.RolloutView;
import io.slipway.runbook.Decision;
import java.time.Instant;
import java.util.Optional;

/** What was decided about a rollout until it came to where a scene shows it. */
public final class StoryScene {
    private final FrontServer server;
    private long sequence;

    StoryScene(FrontServer server) {
        this.server = server;
    }

    void tell(RolloutView view, String from, String to) {
        if (from.equals("reverting")) {
            decide(view, 8, "slipway", from, to, view.reason(), view.updatedAt(), "{}");
            return;
        }
        Instant begun = view.createdAt();
        decide(
                view,
                1,
                "slipway",
                "queued",
                "checking",
                new Reason("begun", "submitted by ci@example.com"),
                begun,
                "{}");
        if (!from.equals("checking") && !to.equals("checking")) {
            decide(
                    view,
                    2,
                    "slipway",
                    "checking",
                    "rolling",
                    new Reason("checked", "image, capacity and smoke hold"),
                    begun.plusSeconds(70),
                    "{\"event\":{\"type\":\"CheckPassed\",\"check\":\"SMOKE\"}}");
        }
        if (from.equals("gating") || from.equals("watching")) {
            decide(
                    view,
                    3,
                    "slipway",
                    "rolling",
                    "gating",
                    new Reason("gate", "25% of the traffic is confirmed by every edge"),
                    begun.plusSeconds(900),
                    "{}");
        }
        if (from.equals("watching")) {
            decide(
                    view,
                    4,
                    "alice@example.com",
                    "awaiting-approval",
                    "rolling",
                    new Reason("approved", "looks good"),
                    begun.plusSeconds(1500),
                    "{}");
            decide(
                    view,
                    5,
                    "slipway",
                    "rolling",
                    "watching",
                    new Reason("promoted", "r9 takes all traffic"),
                    begun.plusSeconds(1600),
                    "{}");
        }
        decide(
                view,
                7,
                to.equals("paused") ? "bob@example.com" : "slipway",
                from,
                to,
                view.reason(),
                view.updatedAt(),
                "{\"event\":{\"type\":\"Judged\"},\"verdict\":{\"outcome\":\"not-enough-evidence\",\"metrics\":[{\"metric\":\"p95_latency\",\"control\":180.2,\"candidate\":212.4,\"low\":-0.01,\"high\":0.36}]},\"fleet\":{\"candidate\":{\"wanted\":3,\"ready\":3}}}");
    }

    public void decide(
            RolloutView view,
            long version,
            String by,
            String from,
            String to,
            Reason why,
            Instant at,
            String evidence) {
        sequence++;
        server.views.add(new Decision(
                sequence,
                Optional.of(view.id()),
                view.revision().service(),
                version,
                "rollout." + to,
                by,
                from,
                to,
                why,
                evidence,
                at,
                sequence == 1 ? "0".repeat(64) : "%064x".formatted(sequence - 1),
                "%064x".formatted(sequence)));
    }
}
