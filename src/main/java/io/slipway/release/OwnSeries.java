package io.slipway.release;

import io.slipway.base.RevisionId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A series of the team's own that a stop condition looks at.
 *
 * @param source {@link Metric#PROMETHEUS} or {@link Metric#PUSHED}
 * @param text the query, or the name under which samples are pushed
 */
public record OwnSeries(Metric source, String text) {
    /** What a query writes where the number of the revision belongs. */
    public static final String REVISION = "$revision";

    /** Those that conditions look at, each once. */
    public static Set<OwnSeries> of(List<StopCondition> conditions) {
        Set<OwnSeries> all = new LinkedHashSet<>();
        for (StopCondition condition : conditions) {
            switch (condition) {
                case StopCondition.SeriesRegresses it -> all.add(it.series());
                case StopCondition.SeriesAbove it -> all.add(it.series());
                case StopCondition.Regresses it -> {}
                case StopCondition.Above it -> {}
                case StopCondition.Burns it -> {}
            }
        }
        return all;
    }

    /** Whether both arms can be asked: a pushed sample names its revision, a query only where it has a place for it. */
    public boolean isByRevision() {
        return source == Metric.PUSHED || text.contains(REVISION);
    }

    /** The query for one revision. */
    public String of(RevisionId revision) {
        return text.replace(REVISION, String.valueOf(revision.number()))
                .replace("$service", revision.service().value());
    }
}
