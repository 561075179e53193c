package io.slipway.sandbox.seccomp;

/**
 * A comparison of one argument of a call.
 *
 * @param index 0 to 5
 * @param value unsigned; the mask of {@link Operator#MASKED_EQ}
 * @param valueTwo unsigned; for {@link Operator#MASKED_EQ} only
 */
public record Condition(int index, Operator operator, long value, long valueTwo) {
    boolean holds(long argument) {
        return operator.holds(argument, value, valueTwo);
    }
}
