package io.slipway.sandbox.seccomp;

import java.util.Collection;
import java.util.Set;

/**
 * What a filter is for.
 *
 * @param machine its native ABI
 * @param capabilities that the container may come to have (its bounding set), as {@code CAP_CHOWN}
 */
public record Target(Abi machine, Set<String> capabilities, KernelVersion kernel) {
    private static final KernelVersion OLDEST = new KernelVersion(0, 0);
    private static final KernelVersion HERE =
            KernelVersion.parse(System.getProperty("os.version")).orElse(OLDEST);
    private static final Abi MACHINE = Abi.ofMachine();

    public Target {
        capabilities = Set.copyOf(capabilities);
    }

    /** A container on this machine. */
    public static Target here(Collection<String> capabilities) {
        return new Target(MACHINE, Set.copyOf(capabilities), HERE);
    }
}
