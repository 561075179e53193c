package io.slipway.sandbox;

import io.slipway.linux.Failpoint;
import io.slipway.linux.TracedJvm;
import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process of its own that does one thing to container c1 and dies in the middle of it: {@code STATE ROOT VOLUME OPERATION [CALLS STEP]}. Where it
 * is said after how many calls, or before which step, it dies there by itself; when it comes to the end it prints how many calls of its own and of
 * the child's program there were. Else it is a {@link TracedJvm}'s.
 */
public final class DoomedAgent {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private DoomedAgent() {}

    /** What it does. */
    enum Operation {
        START("a start"),
        CREATE("a creation"),
        START_CREATED("a start of a created one"),
        STOP("a stop"),
        REMOVE("a removal");

        private final String words;

        Operation(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }

        /** Whether it clones one whose program has places too. */
        boolean hasChild() {
            return this == START || this == START_CREATED;
        }
    }

    public static void main(String[] args) throws Exception {
        Operation operation = Operation.valueOf(args[3]);
        try (Sandboxes sandboxes = Sandboxes.open(Path.of(args[0]), "test", Optional.empty())) {
            sandboxes.adopt();
            if (args.length > 4) {
                Failpoint.arm(Long.parseLong(args[4]), Integer.parseInt(args[5]));
            } else {
                TracedJvm.ready();
            }
            SandboxSpec spec = spec(Path.of(args[1]), Path.of(args[2]));
            switch (operation) {
                case START -> sandboxes.start(spec).explain();
                case CREATE -> sandboxes.create(spec);
                case START_CREATED -> sandboxes.start(sandboxes.find("c1").orElseThrow(), Console.NONE, Map.of());
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
