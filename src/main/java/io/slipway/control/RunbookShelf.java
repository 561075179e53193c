package io.slipway.control;

import io.slipway.base.RolloutId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The runbook entries: versioned documents, one per rollout and one per standard procedure. */
public interface RunbookShelf {
    List<Entry> latest();

    Optional<Entry> entry(String slug, int version);

    Optional<Entry> ofRollout(RolloutId rollout);

    /** One version of one entry. {@code json} is the same content for programs. */
    record Entry(String slug, int version, String title, String markdown, String json, Instant at) {}
}
