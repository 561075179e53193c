package io.slipway.control;

import io.slipway.base.RolloutId;
import java.time.Instant;
import java.util.Optional;

/** Writes runbook entries. */
public interface RunbookStore {
    /** Stores a new version of the entry; false, and nothing stored, when the newest version has the same text. */
    boolean put(String slug, Optional<RolloutId> rollout, String title, String markdown, String json, Instant at);
}
