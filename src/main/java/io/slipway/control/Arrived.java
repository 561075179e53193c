package io.slipway.control;

import io.slipway.analysis.Comparison;
import java.time.Instant;

/** Something that the judge takes in, and when it came: a look knows only what had come by then, whoever takes it again later. */
public sealed interface Arrived permits ArrivedWindow, ArrivedSample {
    /** When it was stored, by the database's time. */
    Instant at();

    /** When what it tells of began. */
    Instant start();

    /** Equal for two that tell of the same. */
    Object key();

    void addTo(Comparison comparison);
}
