package io.slipway.release;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether and when a process is started again that has ended, as systemd has it (systemd.service(5) Restart=, RestartSec=; systemd.unit(5)
 * StartLimitIntervalSec=).
 *
 * @param on ends after which it is started again
 * @param first pause before it is; doubled each time it ends again before it has run for as long as {@code last}
 * @param last longest pause
 * @param limit absent means that it is tried for ever
 */
public record RestartPolicy(On on, Duration first, Duration last, Optional<StartLimit> limit) {
    /** For ever: what a process needs may be away for a while, and it is to come back by itself when that does. */
    public static final RestartPolicy DEFAULT =
            new RestartPolicy(On.ALWAYS, Duration.ofSeconds(1), Duration.ofMinutes(1), Optional.empty());

    private static final int DOUBLINGS_MAX = 30;

    /** Which ends. */
    public enum On {
        /** Every one. */
        ALWAYS,
        /** All but exit code 0 and the signals by which processes are asked to end: SIGHUP, SIGINT, SIGPIPE, SIGTERM. */
        FAILURE,
        NEVER
    }

    /**
     * Starts that are allowed within a time, the first one included. The time begins with a start, and the next one with the first start after it is
     * over, as of systemd's rate limit.
     */
    public record StartLimit(int starts, Duration within) {}

    /** @param endsBefore how often it has ended before, each time soon after its start */
    public Duration pause(int endsBefore) {
        Duration doubled = first.multipliedBy(1L << Math.min(endsBefore, DOUBLINGS_MAX));
        return doubled.compareTo(last) < 0 ? doubled : last;
    }

    /** How long a process that ends at once takes to come to its limit. */
    public Duration untilLimit() {
        Duration all = Duration.ZERO;
        for (int i = 0; i < limit.map(StartLimit::starts).orElse(0); i++) {
            all = all.plus(pause(i));
        }
        return all;
    }
}
