package io.slipway.control;

import io.slipway.release.Violation;
import java.util.List;

/** A request that cannot be granted. Nothing was changed. */
public final class Refused extends Exception {
    /** Why, for programs. */
    public enum Kind {
        NOT_FOUND,
        INVALID,
        SERVICE_HELD,
        ROLLOUT_ACTIVE,
        ROUTE_TAKEN,
        WRONG_STATE,
        NOT_ALLOWED
    }

    private static final long serialVersionUID = 1L;
    private final Kind kind;
    private final transient List<Violation> violations;

    public Refused(Kind kind, String message) {
        this(kind, message, List.of());
    }

    public Refused(Kind kind, String message, List<Violation> violations) {
        super(message);
        this.kind = kind;
        this.violations = List.copyOf(violations);
    }

    public Kind kind() {
        return kind;
    }

    /** For INVALID: each thing that is wrong. */
    public List<Violation> violations() {
        return violations;
    }
}
