package io.slipway.api;

import io.slipway.base.RolloutId;
import io.slipway.control.RunbookShelf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runbook entries in memory. */
public final class FakeShelf implements RunbookShelf {
    private final List<Entry> entries = new ArrayList<>();
    private final Map<RolloutId, String> slugs = new LinkedHashMap<>();

    public void add(Entry entry) {
        entries.add(entry);
    }

    public void add(RolloutId rollout, Entry entry) {
        entries.add(entry);
        slugs.put(rollout, entry.slug());
    }

    @Override
    public List<Entry> latest() {
        Map<String, Entry> newest = new LinkedHashMap<>();
        entries.stream().sorted(Comparator.comparingInt(Entry::version)).forEach(e -> newest.put(e.slug(), e));
        return List.copyOf(newest.values());
    }

    @Override
    public Optional<Entry> entry(String slug, int version) {
        return entries.stream()
                .filter(e -> e.slug().equals(slug) && e.version() == version)
                .findFirst();
    }

    @Override
    public Optional<Entry> ofRollout(RolloutId rollout) {
        return latest().stream()
                .filter(e -> e.slug().equals(slugs.get(rollout)))
                .findFirst();
    }
}
