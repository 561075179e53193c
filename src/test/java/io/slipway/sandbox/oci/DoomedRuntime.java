package io.slipway.sandbox.oci;

import io.slipway.linux.Failpoint;
import io.slipway.linux.Signal;
import io.slipway.linux.TracedJvm;
import java.nio.file.Path;
import java.time.Clock;

/**
 * A process of its own that is one command of the runtime and dies in the middle of it: {@code STATE BUNDLE ID OPERATION [CALLS STEP]}. Where it is
 * said after how many calls, or before which step, it dies there by itself; when it comes to the end it prints how many calls of its own and of the
 * child's program there were. Else it is a {@link TracedJvm}'s.
 */
public final class DoomedRuntime {
    private DoomedRuntime() {}

    /** Which command. */
    enum Operation {
        CREATE("oci create"),
        START("oci start"),
        KILL("oci kill"),
        DELETE("oci delete --force");

        private final String words;

        Operation(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    public static void main(String[] args) throws Exception {
        OciRuntime runtime = new OciRuntime(Path.of(args[0]), Clock.systemUTC(), System.err::println);
        String id = args[2];
        if (args.length > 4) {
            Failpoint.arm(Long.parseLong(args[4]), Integer.parseInt(args[5]));
        } else {
            TracedJvm.ready();
        }
        switch (Operation.valueOf(args[3])) {
            case CREATE -> runtime.create(id, CreateOptions.of(Path.of(args[1])));
            case START -> runtime.start(id);
            case KILL -> runtime.kill(id, Signal.SIGKILL, true);
            case DELETE -> runtime.delete(id, true);
        }
        System.out.println(Failpoint.calls() + " " + Failpoint.childSteps());
    }
}
