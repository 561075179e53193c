package io.slipway.cli.oci;

import io.slipway.linux.Signal;
import io.slipway.sandbox.oci.CreateOptions;
import io.slipway.sandbox.oci.OciRuntime;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** {@code run}: a container attended by this command, which passes on the signals that it gets. */
final class Foreground {
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
        // SIGTERM, SIGINT and SIGHUP are for the container; we end when it does, by exit_group, which waits for no
        // hook.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> passOn(id)));
        int code = runtime.await(id);
        if (!keep) {
            runtime.delete(id, true);
        }
        return code;
    }

    private void passOn(String id) {
        try {
            runtime.kill(id, Signal.SIGTERM, false);
        } catch (IOException e) {
            // It has ended meanwhile, which is what is waited for.
            return;
        }
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
