package io.slipway.rollout;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.base.Weight;
import io.slipway.release.ProcessSpec;
import io.slipway.release.ReleaseSpec;
import io.slipway.rollout.Target.ArmTarget;
import java.util.ArrayList;
import java.util.List;

/**
 * How many replicas each arm runs and which share each takes. N is the count of the routed process, of all processes the first where nothing
 * is routed. The arms that are compared must see equal request rates per replica (judge.md, 1), so the control, one replica, takes what one
 * candidate replica takes.
 *
 * <pre>
 *              candidate              control               stable
 *   canary w   ceil(N w) at w         1 at w / ceil(N w)    N at the rest
 *   promoted   N at N / (N+1)         1 at 1 / (N+1)        N at 0, warm
 *   draining   as it was, at 0        1 at 0                N at 100 %
 *   settled                                                 N of the new revision at 100 %
 * </pre>
 */
public final class Targets {
    private static final int ALL = Weight.ALL.basisPoints();

    private Targets() {}

    /** What a target is for. */
    public enum Phase {
        /** One candidate replica without traffic. */
        SMOKING,
        /** Replicas for the weight to come, with the weights that hold now. */
        STARTING,
        /** Replicas and weights. */
        SHIFTED,
        /** All traffic on the stable revision; the other arms still run, to finish what they have begun. */
        DRAINING,
        /** The stable revision alone; nothing at all where there is none. */
        BACK,
        /** The candidate as the stable revision, alone. */
        SETTLED
    }

    /** @param weight of the step, 100 % being the promotion; the present one for DRAINING */
    public static Target of(ReleaseSpec spec, Course course, Weight weight, Phase phase) {
        int full = fullReplicas(spec);
        return new Target(
                switch (phase) {
                    case SMOKING -> smoking(course, full);
                    case STARTING -> starting(spec, course, weight);
                    case SHIFTED -> shifted(spec, course, weight);
                    case DRAINING -> draining(course, full, candidateReplicas(full, weight));
                    case BACK -> back(course, full);
                    case SETTLED -> List.of(stable(course.revision(), full, Weight.ALL, true));
                });
    }

    /** Replicas of the process that takes the traffic. */
    public static int fullReplicas(ReleaseSpec spec) {
        return spec.route()
                .map(route -> spec.processes().get(route.process()))
                .or(() -> spec.processes().values().stream().findFirst())
                .map(ProcessSpec::replicas)
                .orElse(1);
    }

    /** Candidate replicas at a weight: ceil(N w), at least 1. */
    public static int candidateReplicas(int full, Weight weight) {
        return Math.max(1, Math.toIntExact(Math.ceilDiv((long) full * weight.basisPoints(), ALL)));
    }

    private static List<ArmTarget> smoking(Course course, int full) {
        List<ArmTarget> arms = back(course, full);
        arms.add(candidate(course, 1, Weight.ZERO, false));
        return arms;
    }

    private static List<ArmTarget> starting(ReleaseSpec spec, Course course, Weight weight) {
        int full = fullReplicas(spec);
        boolean promotion = weight.equals(Weight.ALL);
        Weight now = course.weight();
        int running = candidateReplicas(full, now);
        Weight control = now.equals(Weight.ZERO) ? Weight.ZERO : canaryControl(now, running);
        List<ArmTarget> arms = new ArrayList<>();
        course.stable().ifPresent(it -> {
            arms.add(stable(it, full, Weight.ALL.minus(now).minus(control), true));
            if (hasControl(spec, weight) || !now.equals(Weight.ZERO)) {
                arms.add(new ArmTarget(Arm.CONTROL, it, 1, false, control));
            }
        });
        arms.add(candidate(course, candidateReplicas(full, weight), now, promotion));
        return arms;
    }

    private static List<ArmTarget> shifted(ReleaseSpec spec, Course course, Weight weight) {
        int full = fullReplicas(spec);
        int replicas = candidateReplicas(full, weight);
        boolean promotion = weight.equals(Weight.ALL);
        List<ArmTarget> arms = new ArrayList<>();
        if (course.stable().isEmpty()) {
            arms.add(candidate(course, full, Weight.ALL, true));
            return arms;
        }
        RevisionId stable = course.stable().get();
        Weight control = promotion ? promotedControl(spec, full) : canaryControl(weight, replicas);
        Weight candidate = promotion ? Weight.ALL.minus(control) : weight;
        arms.add(stable(stable, full, Weight.ALL.minus(candidate).minus(control), !promotion));
        if (hasControl(spec, weight)) {
            arms.add(new ArmTarget(Arm.CONTROL, stable, 1, false, control));
        }
        arms.add(candidate(course, replicas, candidate, promotion));
        return arms;
    }

    private static List<ArmTarget> draining(Course course, int full, int candidates) {
        List<ArmTarget> arms = back(course, full);
        course.stable().ifPresent(it -> arms.add(new ArmTarget(Arm.CONTROL, it, 1, false, Weight.ZERO)));
        arms.add(candidate(course, candidates, Weight.ZERO, false));
        return arms;
    }

    private static List<ArmTarget> back(Course course, int full) {
        List<ArmTarget> arms = new ArrayList<>();
        course.stable().ifPresent(it -> arms.add(stable(it, full, Weight.ALL, true)));
        return arms;
    }

    /** Without a control in the watch there still is one in the canary steps: their gates need it. */
    private static boolean hasControl(ReleaseSpec spec, Weight weight) {
        return spec.release().watch().control() || !weight.equals(Weight.ALL);
    }

    private static Weight canaryControl(Weight candidate, int replicas) {
        int share = Math.max(1, candidate.basisPoints() / replicas);
        return new Weight(Math.min(share, ALL - candidate.basisPoints()));
    }

    private static Weight promotedControl(ReleaseSpec spec, int full) {
        return spec.release().watch().control() ? new Weight(ALL / (full + 1)) : Weight.ZERO;
    }

    private static ArmTarget stable(RevisionId revision, int replicas, Weight weight, boolean others) {
        return new ArmTarget(Arm.STABLE, revision, replicas, others, weight);
    }

    private static ArmTarget candidate(Course course, int replicas, Weight weight, boolean others) {
        return new ArmTarget(Arm.CANDIDATE, course.revision(), replicas, others, weight);
    }
}
