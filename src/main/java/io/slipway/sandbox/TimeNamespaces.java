package io.slipway.sandbox;

import io.slipway.sandbox.seccomp.KernelVersion;
import java.io.IOException;
import java.util.Optional;

/**
 * A new time namespace is entered by an exec since Linux 6.3 (fs/exec.c: "switch timens when a task gets a new mm"). Before, only what is forked later is
 * in it, and who has asked for one makes no process by vfork, which pid 1 and many programs do.
 */
public final class TimeNamespaces {
    private static final KernelVersion FIRST = new KernelVersion(6, 3);

    private TimeNamespaces() {}

    /** @throws IOException if it asks for clocks of its own and cannot have them */
    static void check(SandboxSpec asked) throws IOException {
        Optional<String> why = missing();
        if (why.isPresent() && !asked.namespaces().clocks().equals(ClockOffsets.NONE)) {
            throw new IOException("container " + asked.id() + " asks for clocks of its own, which " + why.get());
        }
    }

    /** Why a container cannot have one here; empty where it can. */
    public static Optional<String> missing() {
        String release = System.getProperty("os.version");
        boolean tooOld =
                KernelVersion.parse(release).filter(it -> !it.atLeast(FIRST)).isPresent();
        return tooOld
                ? Optional.of("needs Linux 6.3 or later, and this is " + release
                        + ": before, an exec does not enter a new time namespace")
                : Optional.empty();
    }
}
