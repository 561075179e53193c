package io.slipway.sandbox.health;

/** How a container is. */
public sealed interface Finding {
    /**
     * Nothing counts yet.
     *
     * @param why the last answer, in plain words; empty before the first
     */
    record Starting(String why) implements Finding {}

    record Ready() implements Finding {}

    /** It can be sent no work: no longer, or it should have been able to by now. */
    record Unready(String why) implements Finding {}

    /** It will not become well by itself: it is to be stopped, and started again if that is wanted. */
    record Sick(String why) implements Finding {}
}
