package io.slipway.base;

import java.math.BigDecimal;

/** Share of traffic in basis points, 0 to 10,000 (100 %). */
public record Weight(int basisPoints) implements Comparable<Weight> {
    public static final Weight ZERO = new Weight(0);
    public static final Weight ALL = new Weight(10_000);

    public Weight {
        if (basisPoints < 0 || basisPoints > 10_000) {
            throw new IllegalArgumentException("weight of " + basisPoints + " basis points is outside 0 to 10000");
        }
    }

    public static Weight percent(int percent) {
        return new Weight(percent * 100);
    }

    public Weight minus(Weight other) {
        return new Weight(basisPoints - other.basisPoints);
    }

    @Override
    public int compareTo(Weight other) {
        return Integer.compare(basisPoints, other.basisPoints);
    }

    @Override
    public String toString() {
        return BigDecimal.valueOf(basisPoints, 2).stripTrailingZeros().toPlainString() + "%";
    }
}
