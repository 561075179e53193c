package io.slipway.placement;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.release.ProcessSpec;
import io.slipway.release.ReleaseSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * So many equal replicas of one process of one revision in one arm.
 *
 * @param image as the agent can open it
 * @param routed whether the edge may send them requests
 */
public record Wanted(
        Arm arm,
        RevisionId revision,
        String process,
        ProcessSpec spec,
        String image,
        Map<String, String> env,
        boolean routed,
        int replicas) {
    /**
     * One arm of a target.
     *
     * @param spec of the arm's revision
     * @param replicas of the routed process (of the first, where nothing is routed)
     * @param others whether the other processes run, too, at their full count
     */
    public static List<Wanted> of(
            Arm arm, RevisionId revision, ReleaseSpec spec, String image, int replicas, boolean others) {
        String main = spec.route()
                .map(route -> route.process())
                .orElseGet(() -> spec.processes().keySet().iterator().next());
        List<Wanted> all = new ArrayList<>();
        spec.processes().forEach((name, process) -> {
            boolean isMain = name.equals(main);
            int count = isMain ? replicas : others ? process.replicas() : 0;
            if (count > 0) {
                boolean routed = isMain && spec.route().isPresent();
                all.add(new Wanted(arm, revision, name, process, image, spec.env(), routed, count));
            }
        });
        return all;
    }

    /** Of the revision's image: also a replica from before its digest was known, which is not to be restarted for that. */
    private boolean isOf(String other) {
        return other.equals(image) || image.startsWith(other + "@");
    }

    /** Whether a replica is one of these but for its arm. */
    boolean fits(Allocation allocation) {
        return allocation.revision().equals(revision)
                && allocation.process().equals(process)
                && allocation.spec().equals(spec)
                && isOf(allocation.image())
                && allocation.env().equals(env)
                && allocation.routed() == routed;
    }
}
