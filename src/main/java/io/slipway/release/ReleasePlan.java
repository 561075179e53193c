package io.slipway.release;

import java.util.List;

/** How a release goes: who owns it, where it is talked about, its checks, steps, stop conditions and watch. */
public record ReleasePlan(
        String owner,
        String channel,
        List<Check> checks,
        List<Step> steps,
        List<StopCondition> stopConditions,
        Watch watch) {}
