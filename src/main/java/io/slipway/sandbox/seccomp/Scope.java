package io.slipway.sandbox.seccomp;

import java.util.List;
import java.util.Optional;

/** {@code includes} and {@code excludes} of a rule in Docker's profiles (moby/profiles, seccomp/seccomp_linux.go). */
public record Scope(Part includes, Part excludes) {
    /**
     * @param capabilities of the bounding set
     * @param machines as Docker calls them, e.g. {@code amd64}
     * @param minKernel the oldest kernel
     */
    public record Part(List<String> capabilities, List<String> machines, Optional<KernelVersion> minKernel) {
        static final Part NONE = new Part(List.of(), List.of(), Optional.empty());

        public Part {
            capabilities = List.copyOf(capabilities);
            machines = List.copyOf(machines);
        }
    }

    /** All that is included is there, and nothing that is excluded. */
    boolean covers(Target target) {
        boolean machine = includes.machines.isEmpty()
                || includes.machines.contains(target.machine().docker());
        boolean included = machine
                && target.capabilities().containsAll(includes.capabilities)
                && includes.minKernel.map(target.kernel()::atLeast).orElse(true);
        boolean excluded = excludes.machines.contains(target.machine().docker())
                || excludes.capabilities.stream().anyMatch(target.capabilities()::contains)
                || excludes.minKernel.map(target.kernel()::atLeast).orElse(false);
        return included && !excluded;
    }
}
