package io.slipway.control;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Puts the standard procedures that come with the program on the shelf, as a new version where the text has changed. */
public final class SopLoader {
    private final RolloutStore rollouts;
    private final RunbookStore shelf;

    public SopLoader(RolloutStore rollouts, RunbookStore shelf) {
        this.rollouts = rollouts;
        this.shelf = shelf;
    }

    /** {@code texts}: slug to Markdown; the title is the first heading. Returns how many versions are new. */
    public int load(Map<String, String> texts) {
        Instant now = rollouts.now();
        int added = 0;
        for (Map.Entry<String, String> sop : texts.entrySet()) {
            boolean isNew = shelf.put(
                    sop.getKey(), Optional.empty(), title(sop.getValue()), sop.getValue(), "{\"kind\":\"sop\"}", now);
            added += isNew ? 1 : 0;
        }
        return added;
    }

    private static String title(String markdown) {
        return markdown.lines()
                .filter(line -> line.startsWith("# "))
                .findFirst()
                .map(line -> line.substring(2).strip())
                .orElse("Untitled procedure");
    }
}
