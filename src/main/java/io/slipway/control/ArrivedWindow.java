package io.slipway.control;

import io.slipway.analysis.Comparison;
import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import java.time.Instant;

/** A window, and when it came. */
public record ArrivedWindow(MetricWindow window, Instant at) implements Arrived {
    private record Key(Object revision, Arm arm, Object host, Instant start) {}

    @Override
    public Instant start() {
        return window.start();
    }

    @Override
    public Object key() {
        return new Key(window.revision(), window.arm(), window.host(), window.start());
    }

    @Override
    public void addTo(Comparison comparison) {
        comparison.add(window);
    }
}
