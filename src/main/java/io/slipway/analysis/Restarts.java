package io.slipway.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One metric's comparison since the beginning, and again since later moments, so that a regression at hour 20 does not have to outweigh 20
 * healthy hours. Every start has its own share of the error budget (a union bound): three quarters for the first, a fifth spread evenly over
 * the starts of the first 24 h, a twentieth over all later ones. Start j lives for a time that rises with the powers of two in j, so at any
 * moment a score of starts are kept, of all ages.
 */
final class Restarts {
    static final long BLOCK_SECONDS = 300;
    private static final int BLOCKS_PER_DAY = 288;
    private static final double FIRST = 0.75;
    private static final double FIRST_DAY = 0.2;
    private static final int LIFETIMES = 4;

    private final List<Start> starts = new ArrayList<>();

    /** The start whose evidence counts, with what it needs. */
    record Start(int block, Instant at, Comparer comparer) {
        /** Natural logarithm of the evidence that this start needs to spend {@code alpha} in all. */
        double enough(double alpha) {
            return -StrictMath.log(alpha * share(block));
        }
    }

    Restarts(Instant at, Comparer first) {
        starts.add(new Start(0, at, first));
    }

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

    void add(Slot slot) {
        Start first = starts.getFirst();
        int block = (int) ((slot.start().getEpochSecond() - first.at.getEpochSecond()) / BLOCK_SECONDS);
        if (block > starts.getLast().block) {
            starts.removeIf(s -> s.block > 0 && block - s.block >= LIFETIMES * Integer.lowestOneBit(s.block));
            starts.add(new Start(block, slot.start(), first.comparer.restarted()));
        }
        starts.forEach(s -> s.comparer.add(slot));
    }

    Start first() {
        return starts.getFirst();
    }

    /** The start with the most evidence, beyond what it needs, that the candidate is worse by more than {@code margin}. */
    Start strongest(double margin, double alpha) {
        Start best = starts.getFirst();
        double most = Double.NEGATIVE_INFINITY;
        for (Start s : starts) {
            double enough = s.enough(alpha);
            double beyond = s.comparer.logWorse(margin, enough) - enough;
            if (beyond > most) {
                best = s;
                most = beyond;
            }
        }
        return best;
    }

    int size() {
        return starts.size();
    }
}
