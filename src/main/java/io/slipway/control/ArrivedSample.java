package io.slipway.control;

import io.slipway.analysis.Comparison;
import io.slipway.analysis.Sample;
import java.time.Instant;

/** A value of a series of the team's own, and when it came. */
public record ArrivedSample(Sample sample, Instant at) implements Arrived {
    private record Key(Object series, Object revision, Instant at) {}

    @Override
    public Instant start() {
        return sample.at();
    }

    @Override
    public Object key() {
        return new Key(sample.series(), sample.revision(), sample.at());
    }

    @Override
    public void addTo(Comparison comparison) {
        comparison.add(sample);
    }
}
