package io.slipway.machine;

import io.slipway.sandbox.BusyboxRoot;
import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import io.slipway.sandbox.Sandboxes;
import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an agent did on a machine before that lost its power; {@link RebootTest} is its return. */
public final class BeforeReboot {
    static final Path PLACE = Path.of("/classes/reboot");
    static final Path STATE = PLACE.resolve("state");

    private BeforeReboot() {}

    /** Starts three containers: one ends before its eyes, one while it is dead, and one runs until the end. */
    public static void main(String[] args) throws Exception {
        Path root = BusyboxRoot.make(PLACE.resolve("root"));
        Sandboxes sandboxes = Sandboxes.open(STATE, "test", Optional.empty());
        Sandbox seen = sandboxes.start(spec(root, "seen", "exit 42"));
        Exit exit = seen.awaitExit(Duration.ofSeconds(20)).orElseThrow();
        System.out.println("seen: " + exit.text());
        sandboxes.start(spec(root, "unseen", "sleep 1; exit 43"));
        Sandbox running = sandboxes.start(spec(root, "running", "exec sleep 1000"));
        running.explain();
        Runtime.getRuntime().halt(0);
    }

    private static SandboxSpec spec(Path root, String id, String script) {
        return SandboxSpec.of(id, List.of(root), List.of("/bin/sh", "-c", script))
                .withLimits(Limits.of(64 << 20, 1, 30));
    }
}
