package io.slipway.sandbox.seccomp;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How an argument is compared, all 64 bits of it, without sign (seccomp_rule_add(3)). */
public enum Operator {
    NE,
    LT,
    LE,
    EQ,
    GE,
    GT,
    /** The argument's bits under {@code value} are {@code valueTwo}. */
    MASKED_EQ;

    private static final String PREFIX = "SCMP_CMP_";

    static Optional<Operator> named(String oci) {
        return Arrays.stream(values())
                .filter(it -> oci.equals(PREFIX + it.name()))
                .findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(it -> PREFIX + it.name()).toList();
    }

    boolean holds(long argument, long value, long valueTwo) {
        int order = Long.compareUnsigned(argument, value);
        return switch (this) {
            case NE -> order != 0;
            case LT -> order < 0;
            case LE -> order <= 0;
            case EQ -> order == 0;
            case GE -> order >= 0;
            case GT -> order > 0;
            case MASKED_EQ -> (argument & value) == valueTwo;
        };
    }
}
