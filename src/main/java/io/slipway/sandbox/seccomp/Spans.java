package io.slipway.sandbox.seccomp;

import java.util.ArrayList;
import java.util.List;

/** A row of numbers without sign, divided: from each start (the first is 0) up to the next, code goes on at a place. */
final class Spans {
    private static final int CHAIN = 4;
    private static final long END = 1L << 32;

    private final List<Long> starts = new ArrayList<>();
    private final List<Integer> places = new ArrayList<>();

    /** Starts rise. A span that goes where the one before it goes is part of that. */
    void add(long start, int place) {
        if (places.isEmpty() || places.getLast() != place) {
            starts.add(start);
            places.add(place);
        }
    }

    int last() {
        return places.getLast();
    }

    boolean single() {
        return places.size() == 1;
    }

    /** Code that finds the span of the 32 bits that were loaded: a comparison halves what is left. */
    int search(Assembler out) {
        return search(out, 0, starts.size());
    }

    private int search(Assembler out, int from, int to) {
        if (to - from == 1) {
            return places.get(from);
        }
        for (int sea : new int[] {places.get(from), places.get(from + 1)}) {
            List<Long> islands = islands(from, to, sea);
            if (islands.size() < Math.min(to - from, CHAIN + 1)) {
                return chain(out, islands, sea);
            }
        }
        int middle = (from + to) >>> 1;
        int above = search(out, middle, to);
        int below = search(out, from, middle);
        return out.jump(Assembler.JUMP_IF_AT_LEAST, starts.get(middle).intValue(), above, below);
    }

    /** Numbers that do not go to the place where most go; too many if there are more than {@link #CHAIN}. */
    private List<Long> islands(int from, int to, int sea) {
        List<Long> islands = new ArrayList<>();
        for (int i = from; i < to && islands.size() <= CHAIN; i++) {
            if (places.get(i) != sea) {
                long end = i + 1 < starts.size() ? starts.get(i + 1) : END;
                for (long number = starts.get(i); number < end && islands.size() <= CHAIN; number++) {
                    islands.add(number);
                }
            }
        }
        return islands;
    }

    /** For few numbers comparing one by one takes no more steps than halving, and half the instructions. */
    private int chain(Assembler out, List<Long> islands, int sea) {
        int at = sea;
        for (long number : islands.reversed()) {
            at = out.jump(Assembler.JUMP_IF_EQUAL, (int) number, place(number), at);
        }
        return at;
    }

    private int place(long number) {
        int index = starts.size() - 1;
        while (starts.get(index) > number) {
            index--;
        }
        return places.get(index);
    }
}
