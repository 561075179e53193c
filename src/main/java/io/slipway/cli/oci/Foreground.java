package io.slipway.cli.oci;

import io.slipway.sandbox.oci.CreateOptions;
import io.slipway.sandbox.oci.OciRuntime;
import java.io.IOException;
import java.util.List;
import sun.misc.Signal;

/** {@code run}: a container attended by this command, which passes on the signals that it gets. */
final class Foreground {
    private static final List<String> PASSED = List.of("HUP", "INT", "TERM", "USR2", "WINCH", "CONT");
    private final OciRuntime runtime;

    Foreground(OciRuntime runtime) {
        this.runtime = runtime;
    }

    int run(String id, CreateOptions options, boolean detach, boolean keep) throws IOException {
        runtime.create(id, options);
        try {
            runtime.start(id);
        } catch (IOException e) {
            runtime.delete(id, true);
            throw e;
        }
        if (detach) {
            return 0;
        }
        for (String name : PASSED) {
            passOn(id, name);
        }
        int code = runtime.await(id);
        if (!keep) {
            runtime.delete(id, true);
        }
        return code;
    }

    private void passOn(String id, String name) {
        try {
            Signal.handle(new Signal(name), signal -> {
                try {
                    runtime.kill(id, signal.getNumber(), false);
                } catch (IOException e) {
                    // It has ended meanwhile, which is what is waited for.
                    return;
                }
            });
        } catch (IllegalArgumentException e) {
            // The JVM keeps it to itself.
            return;
        }
    }
}
