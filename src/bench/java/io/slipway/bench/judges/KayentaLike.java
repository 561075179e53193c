package io.slipway.bench.judges;

import io.slipway.analysis.MannWhitney;
import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import io.slipway.release.Metric;
import io.slipway.release.StopCondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Mann and Whitney's test as Kayenta's NetflixACAJudge uses it: one point a minute, 98 % interval of the shift, 'high' when its lower end is above a
 * quarter of the shift, looked at hourly over all that was seen. One metric of three that is high gives a score of 67, below its usual marginal 75.
 */
final class KayentaLike implements Contender {
    private static final double LEVEL = 0.98;
    private static final double TOLERANCE = 0.25;
    private static final double POINT_SECONDS = 60;
    private static final double LOOK_SECONDS = 3600;

    private final Points control = new Points(Arm.CONTROL);
    private final Points candidate = new Points(Arm.CANDIDATE);
    private final Map<Metric, List<Double>> controls = new EnumMap<>(Metric.class);
    private final Map<Metric, List<Double>> candidates = new EnumMap<>(Metric.class);
    private final int perPoint;
    private final int perLook;

    KayentaLike(Cell cell) {
        perPoint = (int) Math.max(1, POINT_SECONDS / cell.windowSeconds);
        perLook = (int) Math.max(1, LOOK_SECONDS / cell.windowSeconds);
        for (StopCondition c : cell.conditions) {
            Metric metric = ((StopCondition.Regresses) c).metric();
            controls.put(metric, new ArrayList<>());
            candidates.put(metric, new ArrayList<>());
        }
    }

    @Override
    public void add(MetricWindow window) {
        control.add(window);
        candidate.add(window);
    }

    @Override
    public boolean reverts(int index, Instant now) {
        if ((index + 1) % perPoint == 0) {
            keep(control, controls);
            keep(candidate, candidates);
        }
        return (index + 1) % perLook == 0 && controls.keySet().stream().anyMatch(this::isHigh);
    }

    private static void keep(Points points, Map<Metric, List<Double>> to) {
        to.forEach((metric, values) -> {
            double value = points.value(metric);
            if (!Double.isNaN(value)) {
                values.add(value);
            }
        });
        points.clear();
    }

    private boolean isHigh(Metric metric) {
        double[] experiment = sorted(candidates.get(metric));
        double[] baseline = sorted(controls.get(metric));
        if (experiment.length == 0 || baseline.length == 0 || Arrays.equals(experiment, baseline)) {
            return false;
        }
        MannWhitney test = new MannWhitney(experiment, baseline);
        if (test.lowIsNegative(LEVEL)) {
            return false;
        }
        double low = test.low(LEVEL);
        return low > 0 && low > TOLERANCE * Math.abs(test.shift());
    }

    private static double[] sorted(List<Double> values) {
        return values.stream().mapToDouble(v -> v).sorted().toArray();
    }
}
