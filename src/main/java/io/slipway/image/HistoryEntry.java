package io.slipway.image;

import java.time.Instant;
import java.util.Optional;

/**
 * One step that an image was built by (OCI image specification, config.md, "history").
 *
 * @param createdBy the command
 * @param emptyLayer whether the step changed no file, so that no layer belongs to it
 */
public record HistoryEntry(Optional<Instant> created, String createdBy, String comment, boolean emptyLayer) {}
