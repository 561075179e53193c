package io.slipway.sandbox.health;

/** What is to be found out of a container. */
public enum Question {
    /** Whether it has started; before that it is asked nothing else. */
    START("start check"),
    /** Whether it can be sent work. */
    READINESS("readiness check"),
    /** Whether it hangs. */
    LIVENESS("liveness check");

    private final String words;

    Question(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
