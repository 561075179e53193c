package io.slipway.agent;

import io.slipway.base.HostName;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How an agent works.
 *
 * @param state its directory: last assignments, meter; made if absent
 * @param window length of a metric window
 * @param warmUp age of a replica below which its arm's windows are marked as warming up
 * @param reportEvery longest pause between two reports; changes are reported at once
 * @param startWithin how long a new replica may take to become ready, once it has started by its start check
 */
public record AgentOptions(
        HostName host, Path state, Duration window, Duration warmUp, Duration reportEvery, Duration startWithin) {
    public static AgentOptions of(HostName host, Path state) {
        return new AgentOptions(
                host,
                state,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(3),
                Duration.ofSeconds(60));
    }

    public AgentOptions withWindow(Duration window, Duration warmUp) {
        return new AgentOptions(host, state, window, warmUp, reportEvery, startWithin);
    }
}
