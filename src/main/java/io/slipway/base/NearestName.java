package io.slipway.base;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The known name that somebody most likely meant. */
public final class NearestName {
    private NearestName() {}

    /** The closest one, if it is close: at most a third of the letters, and at least two, may differ. */
    public static Optional<String> of(String given, Collection<String> known) {
        if (given.length() > 64) {
            return Optional.empty();
        }
        String lower = given.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(it -> distance(lower, it.toLowerCase(Locale.ROOT)) <= Math.max(2, given.length() / 3))
                .min(Comparator.comparingInt((String it) -> distance(lower, it.toLowerCase(Locale.ROOT)))
                        .thenComparing(it -> it));
    }

    /** For the end of an error's first sentence: {@code "; did you mean x?"}, or a full stop. */
    public static String question(String given, Collection<String> known) {
        return of(given, known).map(name -> "; did you mean " + name + "?").orElse(".");
    }

    /** As a sentence of its own: {@code "Did you mean 'x'?"}, or what is known. */
    public static String hint(String given, Collection<String> known) {
        String all = known.isEmpty()
                ? "Leave it out."
                : "Known are: " + String.join(", ", known.stream().sorted().toList()) + ".";
        return of(given, known).map(near -> "Did you mean '" + near + "'?").orElse(all);
    }

    /** Levenshtein distance: insertions, deletions and substitutions of one letter. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
