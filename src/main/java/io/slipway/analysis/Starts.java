package io.slipway.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The comparison since the beginning, and again since later moments, so that a regression at hour 20 does not have to outweigh 20 healthy
 * hours. Every start has its own share of the error budget (a union bound): four fifths for the first, 16 % spread evenly over the
 * starts of the first 24 h, 4 % over all later ones. Start j lives for a time that rises with the powers of two in j, so at any
 * moment a score of starts are kept, of all ages.
 */
final class Starts {
    static final long BLOCK_SECONDS = 300;
    private static final int BLOCKS_PER_DAY = 288;
    private static final double FIRST = 0.8;
    private static final double FIRST_DAY = 0.16;
    private static final int LIFETIMES = 4;

    private final List<Stretch> stretches = new ArrayList<>();

    static double share(int block) {
        if (block == 0) {
            return FIRST;
        }
        if (block <= BLOCKS_PER_DAY) {
            return FIRST_DAY / BLOCKS_PER_DAY;
        }
        double later = block - BLOCKS_PER_DAY;
        return (1 - FIRST - FIRST_DAY) / (later * (later + 1));
    }

    /** Natural logarithm of the evidence that a start needs to spend {@code alpha} over all starts. */
    static double enough(int block, double alpha) {
        return -StrictMath.log(alpha * share(block));
    }

    /** The stretch that a slot belongs to; a new one every five minutes. {@code all}: sums of the slots before this one. */
    Stretch at(Slot slot, Sums all) {
        if (stretches.isEmpty()) {
            stretches.add(new Stretch(
                    0, slot.start(), RateBalance.ratio(slot), new Before(all, Since.correlation(slot.seconds()))));
        }
        Stretch last = stretches.getLast();
        int block = block(slot.start());
        if (block > last.block) {
            letGo(block);
            stretches.add(new Stretch(
                    block, slot.start(), RateBalance.ratio(slot), new Before(all, Since.correlation(slot.seconds()))));
        }
        return stretches.getLast();
    }

    private int block(Instant time) {
        long seconds = time.getEpochSecond() - stretches.getFirst().start.getEpochSecond();
        return (int) (seconds / BLOCK_SECONDS);
    }

    private void letGo(int block) {
        for (int i = stretches.size() - 1; i > 0; i--) {
            int born = stretches.get(i).block;
            if (block - born >= LIFETIMES * Integer.lowestOneBit(born)) {
                Stretch gone = stretches.remove(i);
                stretches.get(i - 1).append(gone);
            }
        }
    }

    /** The stretch that holds the slots of a block. */
    Stretch holding(int block) {
        int i = stretches.size() - 1;
        while (i > 0 && stretches.get(i).block > block) {
            i--;
        }
        return stretches.get(i);
    }

    /** Oldest first. */
    List<Stretch> stretches() {
        return stretches;
    }
}
