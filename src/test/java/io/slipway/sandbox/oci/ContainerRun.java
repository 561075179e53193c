package io.slipway.sandbox.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.linux.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What tests of whole containers share: a runtime, a bundle, and the proof that nothing is left of either. */
@Timeout(60)
abstract class ContainerRun {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long PAUSE_NANOS = 2_000_000L;

    @TempDir
    Path directory;

    final List<String> warnings = new ArrayList<>();
    OciRuntime runtime;
    Bundle bundle;

    @BeforeEach
    final void open() throws IOException {
        runtime = new OciRuntime(directory.resolve("state"), Clock.systemUTC(), warnings::add);
        bundle = new Bundle(directory);
    }

    @AfterEach
    final void leaveNothing() throws IOException {
        for (OciContainer container : runtime.list()) {
            runtime.delete(container.id(), true);
        }
        for (Path root : Hierarchies.detect().roots()) {
            assertThat(root.resolve("slipway-test")).doesNotExist();
        }
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(directory.toString());
    }

    /** Creates and starts it. */
    final int start() throws IOException {
        int pid = runtime.create(bundle.id(), bundle.options());
        runtime.start(bundle.id());
        return pid;
    }

    /** Runs it to its end; its exit code. */
    final int run() throws IOException {
        start();
        return runtime.await(bundle.id());
    }

    /** What a script prints in a container of the bundle. */
    final String told(String script) throws IOException {
        bundle.script(script);
        int code = run();
        assertThat(code).as(bundle.output()).isZero();
        return bundle.output();
    }

    final String status() throws IOException {
        return JsonDocument.read(runtime.state(bundle.id()), "state")
                .at("status")
                .text();
    }

    final boolean isGone(int pid) {
        return ProcessIdentity.of(pid).isEmpty();
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time is over").isLessThan(end);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
