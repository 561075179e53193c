package io.slipway.sandbox.seccomp;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which filter a container gets.
 *
 * @param detail of {@link Kind#PROFILE} its JSON; of {@link Kind#UNCONFINED} the reason; else empty
 */
public record Seccomp(Kind kind, String detail) {
    /** {@link Profile#standard}. */
    public static final Seccomp DEFAULT = new Seccomp(Kind.DEFAULT, "");

    private static final int KEPT = 32;
    private static final Map<Use, Filter> FILTERS = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Use, Filter> eldest) {
            return size() > KEPT;
        }
    };

    /** What a filter was compiled for, on this machine. */
    private record Use(Seccomp seccomp, List<String> capabilities) {}

    /** Where the filter comes from. */
    public enum Kind {
        DEFAULT,
        PROFILE,
        UNCONFINED
    }

    /** @param json as {@link ProfileReader} takes it */
    public static Seccomp profile(String json) {
        return new Seccomp(Kind.PROFILE, json);
    }

    /** No filter: the kernel's whole surface is open to the container. */
    public static Seccomp unconfined(String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException(
                    "a container without a seccomp filter needs a reason, which is kept with it");
        }
        return new Seccomp(Kind.UNCONFINED, reason);
    }

    /**
     * The compiled filter; made once for a profile and a set of capabilities, then taken from a small cache.
     *
     * @param capabilities of the container's bounding set, as {@code CAP_CHOWN}
     * @throws InvalidProfile if there is one that cannot be used
     */
    public Optional<Filter> filter(Collection<String> capabilities) {
        if (kind == Kind.UNCONFINED) {
            return Optional.empty();
        }
        Use use = new Use(this, List.copyOf(capabilities));
        synchronized (FILTERS) {
            return Optional.of(FILTERS.computeIfAbsent(use, _ -> compiled(Target.here(capabilities))));
        }
    }

    private Filter compiled(Target target) {
        Optional<Filter> beforehand = kind == Kind.DEFAULT ? Precompiled.filter(target) : Optional.empty();
        return beforehand.orElseGet(() -> Filter.of(profile(), target));
    }

    /**
     * Names in the profile that are no system call known here, each with what was probably meant.
     *
     * @throws InvalidProfile if it cannot be used
     */
    public Map<String, String> unknownNames() {
        Map<String, String> unknown = new TreeMap<>();
        if (kind == Kind.PROFILE) {
            for (String name : profile().unknownNames()) {
                unknown.put(name, Nearest.hint(name, SyscallTable.names()));
            }
        }
        return unknown;
    }

    private Profile profile() {
        return kind == Kind.DEFAULT ? Profile.standard() : ProfileReader.read(detail);
    }
}
