package io.slipway.dashboard;

import io.slipway.api.FrontServer;
import io.slipway.api.Scenes;
import io.slipway.base.Reason;
import io.slipway.control.Views.RolloutView;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** The dashboard over made-up services, to look at: {@code Showroom PORT all|live|empty|many}. Prints a token to sign in with. */
public final class Showroom {
    private Showroom() {}

    /** A rollout that pauses and resumes every three seconds, to see a page follow it. */
    private static void live(FrontServer server, Scenes scenes) {
        RolloutView first = scenes.gating("checkout", "ro-gating");
        Thread.ofVirtual().start(() -> {
            for (long version = 8; ; version++) {
                LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
                Reason reason = new Reason("gate", "r42 holds at 25%, look " + version);
                server.views.put(new RolloutView(
                        first.id(),
                        first.release(),
                        first.revision(),
                        first.stable(),
                        version,
                        first.state(),
                        reason,
                        first.waitingFor(),
                        first.step(),
                        first.weights(),
                        first.milestones(),
                        first.deadlines(),
                        first.verdict(),
                        first.spec(),
                        first.owner(),
                        first.createdAt(),
                        Instant.now()));
                scenes.story().decide(first, version, "slipway", "gating", "gating", reason, Instant.now(), "{}");
            }
        });
    }

    public static void main(String[] args) throws InterruptedException {
        FrontServer server = new FrontServer(Integer.parseInt(args[0]));
        Scenes scenes = new Scenes(server, Instant.now());
        switch (args[1]) {
            case "all" -> scenes.all();
            case "live" -> live(server, scenes);
            case "many" -> scenes.many(200);
            default -> {}
        }
        System.out.println(server.at("/") + " " + server.tokens.issue("alice@example.com", "admin"));
        new CountDownLatch(1).await();
    }
}
