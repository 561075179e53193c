package io.slipway.sandbox;

import io.slipway.sandbox.seccomp.Seccomp;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * What the application may do, and use, beyond or below what any process may.
 *
 * @param capabilities names of those that root keeps, as {@code CAP_CHOWN}; another user has none
 * @param seccomp which system calls may be made
 * @param resourceLimits instead of the defaults, by name
 * @param oomScoreAdj -1000 to 1000: how likely the kernel ends it when memory is short (proc_pid_oom_score_adj(5)); empty is 0
 */
public record Privileges(
        List<String> capabilities, Seccomp seccomp, List<ResourceLimit> resourceLimits, OptionalInt oomScoreAdj) {
    /** Less than Docker's: {@link Capabilities}. */
    public static final Privileges DEFAULT =
            new Privileges(Capabilities.DEFAULT, Seccomp.DEFAULT, List.of(), OptionalInt.empty());

    private static final int OOM_SCORE_ADJ_MAX = 1000;

    public Privileges {
        capabilities = capabilities.stream()
                .map(Capabilities::known)
                .distinct()
                .sorted()
                .toList();
        // A record of before there were filters names none.
        seccomp = Objects.requireNonNullElse(seccomp, Seccomp.DEFAULT);
        resourceLimits = List.copyOf(resourceLimits);
        long names = resourceLimits.stream().map(ResourceLimit::name).distinct().count();
        if (names < resourceLimits.size()) {
            throw new IllegalArgumentException("a resource limit is given twice: " + resourceLimits);
        }
        if (oomScoreAdj.isPresent() && Math.abs(oomScoreAdj.getAsInt()) > OOM_SCORE_ADJ_MAX) {
            throw new IllegalArgumentException(
                    "an oom score adjustment of " + oomScoreAdj.getAsInt() + " is not between -1000 and 1000");
        }
    }

    public Privileges withCapabilities(List<String> other) {
        return new Privileges(other, seccomp, resourceLimits, oomScoreAdj);
    }

    public Privileges withSeccomp(Seccomp other) {
        return new Privileges(capabilities, other, resourceLimits, oomScoreAdj);
    }

    public Privileges withResourceLimits(List<ResourceLimit> other) {
        return new Privileges(capabilities, seccomp, other, oomScoreAdj);
    }

    public Privileges withOomScoreAdj(int other) {
        return new Privileges(capabilities, seccomp, resourceLimits, OptionalInt.of(other));
    }

    /** Of what is not asked for otherwise. */
    List<ResourceLimit> defaultLimits() {
        List<String> asked = resourceLimits.stream().map(ResourceLimit::name).toList();
        return ResourceLimit.DEFAULTS.stream()
                .filter(limit -> !asked.contains(limit.name()))
                .toList();
    }
}
