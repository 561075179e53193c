package io.slipway.sandbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A few places by chance: {@code -Dseed=} repeats a choice, {@code -Dkills=} takes more. Prints its seed when it is made. */
public record ByChance(long seed, int chosen) implements KillAnywhere.Choice {
    public ByChance {
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + "; more places with -Dkills=N)");
    }

    public ByChance() {
        this(Long.getLong("seed", System.nanoTime()), Integer.getInteger("kills", 2));
    }

    @Override
    public List<Integer> of(int places) {
        List<Integer> all = new ArrayList<>(IntStream.range(0, places).boxed().toList());
        Collections.shuffle(all, new Random(seed));
        return all.subList(0, Math.min(chosen, places));
    }
}
