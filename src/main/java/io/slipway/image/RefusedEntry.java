package io.slipway.image;

import java.io.IOException;

/** Within the unpacker: an entry that must not be. */
final class RefusedEntry extends IOException {
    private static final long serialVersionUID = 1L;
    private final String problem;

    RefusedEntry(String problem) {
        super(problem);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }
}
