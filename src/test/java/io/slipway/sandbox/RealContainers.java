package io.slipway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.checker.Leftovers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests that start containers: a runtime with a busybox to run, and a look that nothing is left of it afterwards. */
public abstract class RealContainers {
    protected static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    protected Path temp;

    protected Path root;
    protected Sandboxes sandboxes;
    private Leftovers before;

    @BeforeEach
    protected void open() throws Exception {
        before = Leftovers.now();
        root = BusyboxRoot.make(temp.resolve("root"));
        sandboxes = Sandboxes.open(temp.resolve("state"), "test", Optional.empty());
    }

    @AfterEach
    protected void nothing_is_left() throws Exception {
        for (Sandbox sandbox : sandboxes.list()) {
            sandboxes.remove(sandbox);
        }
        sandboxes.close();
        assertThat(before.since(sandboxes.cgroupName())).isEmpty();
        assertThat(before.since(temp.toString())).isEmpty();
        try (var left = Files.list(temp.resolve("state"))) {
            assertThat(left.map(p -> p.getFileName().toString())).isSubsetOf(kept());
        }
    }

    /** What stays in a state directory without containers. */
    List<String> kept() {
        return List.of("lock", "owner", "events.jsonl");
    }

    SandboxSpec spec(String id, String script) {
        return SandboxSpec.of(id, List.of(root), List.of("/bin/sh", "-c", script));
    }

    /** What it wrote to its output and error, once it has ended. */
    String run(SandboxSpec spec) throws Exception {
        return run(spec, Map.of());
    }

    String run(SandboxSpec spec, Map<String, byte[]> secrets) throws Exception {
        Sandbox sandbox = sandboxes.start(spec, secrets);
        assertThat(sandbox.awaitExit(LONG)).as("it ends within " + LONG).isPresent();
        return output(sandbox);
    }

    protected static String output(Sandbox sandbox) throws Exception {
        return Files.readString(sandbox.stdoutLog()) + Files.readString(sandbox.stderrLog());
    }

    protected static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited for " + LONG).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
