package io.slipway.dashboard;

/** There is no such page for this caller. Answered 404. */
final class Missing extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Missing(String what) {
        super("There is no " + what + ", or your token may not see it.");
    }
}
