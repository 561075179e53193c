package io.slipway.control;

/** Asks the sources of the teams' own series for what is new. Returns at once: a source may take its time. */
public interface SeriesPoll {
    /** No source is configured. */
    SeriesPoll NONE = () -> {};

    void run();
}
