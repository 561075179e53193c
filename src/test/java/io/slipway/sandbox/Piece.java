package io.slipway.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A part of a proof that takes long: {@code BLOW NUMBER PIECES}, the first number being 1. It has every so manieth place of what has many; the first
 * piece has all of what has few, as how many those are differs a little each time. Prints a line for each kind of place.
 */
public record Piece(Blow blow, int number, int pieces) {
    /** All kinds of places of one proof, some or all of each. */
    public interface Kinds {
        List<KillAnywhere.Outcome> in(Path temp, Blow blow, KillAnywhere.Choice some, KillAnywhere.Choice all)
                throws Exception;
    }

    public static Piece of(String[] args) {
        return new Piece(Blow.valueOf(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    }

    private List<Integer> some(int places) {
        return IntStream.range(0, places)
                .filter(place -> place % pieces == number - 1)
                .boxed()
                .toList();
    }

    private List<Integer> all(int places) {
        return IntStream.range(0, number == 1 ? places : 0).boxed().toList();
    }

    public void run(Kinds kinds) throws Exception {
        Path temp = Files.createTempDirectory("slipway-kills");
        try {
            for (KillAnywhere.Outcome one : kinds.in(temp, blow, this::some, this::all)) {
                System.out.println(one.kind() + "\t" + one.places() + "\t" + one.tried() + "\t" + one.killed());
            }
        } finally {
            try (var all = Files.walk(temp)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
