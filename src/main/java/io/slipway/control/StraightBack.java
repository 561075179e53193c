package io.slipway.control;

import io.slipway.base.Weight;
import io.slipway.release.Check;
import io.slipway.release.ReleasePlan;
import io.slipway.release.ReleaseSpec;
import io.slipway.release.Step;
import io.slipway.release.Watch;
import java.time.Duration;
import java.util.List;

/** The plan of going back to an older revision: its image must be there; then all traffic at once, without gates, and no comparison after. */
final class StraightBack {
    private StraightBack() {}

    static ReleaseSpec of(ReleaseSpec older) {
        ReleasePlan plan = older.release();
        return new ReleaseSpec(
                older.service(),
                older.image(),
                older.processes(),
                older.env(),
                older.route(),
                new ReleasePlan(
                        plan.owner(),
                        plan.channel(),
                        List.of(Check.IMAGE),
                        List.of(new Step.SetWeight(Weight.ALL)),
                        List.of(),
                        new Watch(Duration.ZERO, true, false)));
    }
}
