package io.slipway.control;

import io.slipway.control.OwnSeriesStore.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What answers queries about series of the teams' own. */
public interface QuerySource extends AutoCloseable {
    /** Between two values. */
    Duration step();

    /** The one series that a query gives, at whole steps from {@code first} to {@code last}; each value stands for the step that ends there. */
    List<Value> range(String query, Instant first, Instant last) throws SourceFailed;

    @Override
    void close();
}
