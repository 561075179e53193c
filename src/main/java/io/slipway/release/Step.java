package io.slipway.release;

import io.slipway.base.Weight;
import java.time.Duration;

/** One element of a rollout's plan. */
public sealed interface Step {
    /** Give the candidate this share of the traffic. 100 % is the promotion. */
    record SetWeight(Weight weight) implements Step {}

    /** Wait. */
    record Hold(Duration duration) implements Step {}

    /** Wait until every relative stop condition is judged healthy on at least so many requests of each arm; abort after {@code atMost}. */
    record Gate(long minRequests, Duration atMost) implements Step {}

    /** Wait for a person; abort after {@code atMost}. {@code by} is {@code owner} or a person's name. */
    record Approve(String by, Duration atMost) implements Step {}
}
