package io.slipway.telemetry;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.control.ArrivedWindow;
import io.slipway.control.MetricSource;
import io.slipway.control.WindowStore;
import java.time.Instant;
import java.util.List;

/** The windows that agents measured at their edges and cgroups, as stored. */
public final class StoredWindowSource implements MetricSource {
    private final WindowStore windows;

    public StoredWindowSource(WindowStore windows) {
        this.windows = windows;
    }

    @Override
    public List<ArrivedWindow> windows(RevisionId revision, Arm arm, Instant from, Instant to) {
        return windows.arrived(revision, from, to).stream()
                .filter(w -> w.window().arm() == arm)
                .toList();
    }

    @Override
    public List<ArrivedWindow> windows(RevisionId revision, Instant from, Instant to) {
        return windows.arrived(revision, from, to);
    }
}
