package io.slipway.release;

import io.slipway.base.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a service file need not say.
 *
 * @param owner usually the token's person
 * @param channel where the release is talked about; empty is allowed
 * @param stopConditions empty means that each service file must declare its own
 */
public record PolicyDefaults(
        Optional<String> owner,
        Optional<String> channel,
        List<Check> checks,
        List<Step> steps,
        List<StopCondition> stopConditions,
        Watch watch) {
    /** Slipway's own: all checks, 5 % and 25 % with a gate each, a watch of 24 h; no stop conditions. */
    public static PolicyDefaults builtIn() {
        Step.Gate gate = new Step.Gate(500, Duration.ofMinutes(30));
        List<Step> steps = List.of(
                new Step.SetWeight(Weight.percent(5)),
                gate,
                new Step.SetWeight(Weight.percent(25)),
                gate,
                new Step.SetWeight(Weight.ALL));
        Watch watch = new Watch(Duration.ofHours(24), false, true);
        return new PolicyDefaults(Optional.empty(), Optional.empty(), List.of(Check.values()), steps, List.of(), watch);
    }

    public PolicyDefaults withOwner(String name) {
        return new PolicyDefaults(Optional.of(name), channel, checks, steps, stopConditions, watch);
    }
}
