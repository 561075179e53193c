package io.slipway.api;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that somebody probably meant. */
final class NearestName {
    private static final int FARTHEST = 3;

    private NearestName() {}

    /** "Did you mean 'x'?", or the list of what is known. */
    static String hint(String given, Collection<String> known) {
        return of(given, known)
                .map(near -> "Did you mean '" + near + "'?")
                .orElse(
                        known.isEmpty()
                                ? "Leave it out."
                                : "Known are: "
                                        + String.join(
                                                ", ", known.stream().sorted().toList()) + ".");
    }

    static Optional<String> of(String given, Collection<String> known) {
        return known.stream()
                .filter(name -> distance(given, name) <= Math.min(FARTHEST, name.length() / 2 + 1))
                .min(Comparator.comparingInt(name -> distance(given, name)));
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= Math.min(a.length(), 64); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
