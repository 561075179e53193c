package io.slipway.analysis;

import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.LatencyHistogram;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import io.slipway.release.OwnSeries;
import java.time.Instant;

/**
 * One value of a series of the team's own.
 *
 * @param seconds that it stands for
 * @param value may be anything that a source says, also not a number: the judge calls it broken then
 */
public record Sample(OwnSeries series, RevisionId revision, Arm arm, Instant at, double seconds, double value) {
    private static final HostName HOST = new HostName("series");

    /** As a window with one request that costs the value. */
    MetricWindow window(double shown) {
        return new MetricWindow(revision, arm, HOST, at, seconds, 1, 0, LatencyHistogram.EMPTY, shown, 0, 1, false);
    }
}
