package io.slipway.sandbox;

import io.slipway.linux.Failpoint;
import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A process of its own that does one thing to container c1 and dies in the middle of it: {@code STATE ROOT VOLUME OPERATION CALLS STEP}. When it
 * comes to the end it prints how many calls of its own and of the child's program there were.
 */
public final class DoomedAgent {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private DoomedAgent() {}

    /** What it does. */
    enum Operation {
        START,
        STOP,
        REMOVE
    }

    public static void main(String[] args) throws Exception {
        Operation operation = Operation.valueOf(args[3]);
        try (Sandboxes sandboxes = Sandboxes.open(Path.of(args[0]), "test", Optional.empty())) {
            sandboxes.adopt();
            Failpoint.arm(Long.parseLong(args[4]), Integer.parseInt(args[5]));
            switch (operation) {
                case START ->
                    sandboxes.start(spec(Path.of(args[1]), Path.of(args[2]))).explain();
                case STOP -> sandboxes.find("c1").orElseThrow().stop("SIGTERM", PATIENCE);
                case REMOVE -> sandboxes.remove(sandboxes.find("c1").orElseThrow());
            }
            System.out.println(Failpoint.calls() + " " + Failpoint.childSteps());
        }
    }

    /** Notes in the volume that it runs, each time that it does. */
    static SandboxSpec spec(Path root, Path volume) {
        return SandboxSpec.of(
                        "c1", List.of(root), List.of("/bin/sh", "-c", "echo ran >> /volume/runs; exec sleep 1000"))
                .withLimits(Limits.of(64 << 20, 1, 30))
                .withMounts(List.of(new BindMount(volume, "/volume", false, true)));
    }
}
