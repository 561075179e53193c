package io.slipway.cli.oci;

import io.slipway.linux.Signal;
import io.slipway.sandbox.oci.CreateOptions;
import io.slipway.sandbox.oci.OciRuntime;
import io.slipway.sandbox.oci.Status;
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
        Thread hook = new Thread(() -> passOn(id));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            runtime.start(id);
            if (detach) {
                return 0;
            }
            int code = runtime.await(id);
            if (!keep) {
                runtime.delete(id, true);
            }
            return code;
        } catch (IOException e) {
            runtime.delete(id, true);
            throw e;
        } finally {
            forget(hook);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // On the way out already, and waiting for us: we end by exit_group, which waits for no hook.
            return;
        }
    }

    /** SIGTERM, SIGINT and SIGHUP, which run the hooks, are for the container; we end when it does, with its exit code. */
    private void passOn(String id) {
        try {
            // What is not started yet is its namespace's first process, and hears nothing but this.
            boolean created = runtime.find(id).status() == Status.CREATED;
            runtime.kill(id, created ? Signal.SIGKILL : Signal.SIGTERM, false);
        } catch (IOException e) {
            warn(e);
        }
        awaitOurEnd();
    }

    /** It has ended meanwhile, and is just being removed. */
    private static void warn(IOException why) {
        System.getLogger(Foreground.class.getName()).log(System.Logger.Level.DEBUG, "not passed on", why);
    }

    private static void awaitOurEnd() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
