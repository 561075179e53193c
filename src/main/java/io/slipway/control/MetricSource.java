package io.slipway.control;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import java.time.Instant;
import java.util.List;

/** Where the judge's windows come from. */
public interface MetricSource {
    /** One arm of a revision in time order, {@code from <= start < to}; one window per host and start. */
    List<ArrivedWindow> windows(RevisionId revision, Arm arm, Instant from, Instant to);

    /** All arms of a revision; as above. */
    List<ArrivedWindow> windows(RevisionId revision, Instant from, Instant to);
}
