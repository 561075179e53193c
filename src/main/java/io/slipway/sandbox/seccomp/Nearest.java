package io.slipway.sandbox.seccomp;

import java.util.Collection;
import java.util.Comparator;

/** Finds the known name that was probably meant. */
final class Nearest {
    private Nearest() {}

    /** {@code "; did you mean X?"}, or all of them when none is near. */
    static String hint(String given, Collection<String> known) {
        String nearest = known.stream()
                .min(Comparator.comparingInt((String name) -> distance(given, name))
                        .thenComparing(name -> name))
                .orElse("");
        if (!nearest.isEmpty() && distance(given, nearest) <= Math.max(2, given.length() / 3)) {
            return "; did you mean " + nearest + "?";
        }
        return known.size() > 40 ? "" : "; there are: " + String.join(", ", known);
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
