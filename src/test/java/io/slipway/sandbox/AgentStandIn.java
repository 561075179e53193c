package io.slipway.sandbox;

import io.slipway.sandbox.cgroup.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A process of its own that starts containers and then waits to be killed: {@code STATE ROOT (ID COMMAND)...}. */
public final class AgentStandIn {
    private AgentStandIn() {}

    /** Prints {@code started} once all run. */
    public static void main(String[] args) throws Exception {
        Optional<Network> network = Boolean.getBoolean("stuck") ? Optional.of(new StuckNetwork()) : Optional.empty();
        Sandboxes sandboxes = Sandboxes.open(Path.of(args[0]), "test", network);
        List<Sandbox> started = new ArrayList<>();
        for (int i = 2; i < args.length; i += 2) {
            SandboxSpec spec =
                    SandboxSpec.of(args[i], List.of(Path.of(args[1])), List.of("/bin/sh", "-c", args[i + 1]));
            spec = spec.withLimits(Limits.of(64 << 20, 1, 30));
            started.add(sandboxes.start(network.isPresent() ? spec.withNetwork(Connection.DEFAULT) : spec));
        }
        for (Sandbox sandbox : started) {
            // Waits until it is written down.
            sandbox.explain();
        }
        System.out.println("started");
        System.in.read();
    }

    /** One that never comes back, so that its caller dies in the middle of a start. */
    private static final class StuckNetwork implements Network {
        @Override
        public Attachment attach(String sandboxId, Connection wanted, int pid) {
            System.out.println("started");
            while (true) {
                java.util.concurrent.locks.LockSupport.park();
            }
        }

        @Override
        public void detach(String sandboxId, Connection joined) {}

        @Override
        public Optional<Traffic> traffic(String sandboxId, Connection joined) {
            return Optional.empty();
        }
    }
}
