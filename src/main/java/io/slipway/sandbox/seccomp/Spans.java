package io.slipway.sandbox.seccomp;

import java.util.ArrayList;
import java.util.List;

/** A row of numbers without sign, divided: from each start (the first is 0) up to the next, code goes on at a place. */
final class Spans {
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
        boolean island = to - from == 3
                && starts.get(from + 2) == starts.get(from + 1) + 1
                && places.get(from).equals(places.get(from + 2));
        if (island) {
            return out.jump(
                    Assembler.JUMP_IF_EQUAL, starts.get(from + 1).intValue(), places.get(from + 1), places.get(from));
        }
        int middle = (from + to) >>> 1;
        int above = search(out, middle, to);
        int below = search(out, from, middle);
        return out.jump(Assembler.JUMP_IF_AT_LEAST, starts.get(middle).intValue(), above, below);
    }
}
