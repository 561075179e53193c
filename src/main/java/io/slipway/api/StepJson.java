package io.slipway.api;

import io.slipway.control.Views.RolloutView;
import io.slipway.release.Step;
import io.slipway.release.Units;
import java.util.List;
import java.util.Optional;

/**
 * Where in its plan a rollout is.
 *
 * @param index from 0
 * @param of how many steps there are
 * @param kind {@code weight, hold, gate, approve}
 * @param text the step as the service file says it
 */
public record StepJson(int index, int of, String kind, String text) {
    static Optional<StepJson> of(RolloutView view) {
        List<Step> steps = view.spec().release().steps();
        return view.step().filter(i -> i >= 0 && i < steps.size()).map(i -> of(i, steps));
    }

    private static StepJson of(int index, List<Step> steps) {
        Step step = steps.get(index);
        return new StepJson(
                index,
                steps.size(),
                switch (step) {
                    case Step.SetWeight w -> "weight";
                    case Step.Hold h -> "hold";
                    case Step.Gate g -> "gate";
                    case Step.Approve a -> "approve";
                },
                switch (step) {
                    case Step.SetWeight w -> "weight: " + w.weight();
                    case Step.Hold h -> "hold: " + Units.render(h.duration());
                    case Step.Gate g ->
                        "gate: {minRequests: " + g.minRequests() + ", atMost: " + Units.render(g.atMost()) + "}";
                    case Step.Approve a -> "approve: {by: " + a.by() + ", atMost: " + Units.render(a.atMost()) + "}";
                });
    }
}
