package io.slipway.placement;

import io.slipway.base.AllocationId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether there is room for what a rollout will run at its most: candidate, control and warm replicas together. */
public final class Capacity {
    private Capacity() {}

    /**
     * What is missing, in plain words with figures; empty when all fits.
     *
     * @param wanted everything at the peak
     * @param hosts those that are alive, with what is left beside {@code current}
     */
    public static Optional<String> missing(List<Wanted> wanted, List<Placed> current, List<HostRoom> hosts) {
        Placer.Ids ids = (revision, arm, process, ordinal) ->
                new AllocationId("capacity-" + revision.label() + "-" + arm + "-" + process + "-" + ordinal);
        List<Placement.Unplaced> unplaced =
                Placer.place(wanted, current, hosts, ids).unplaced();
        return unplaced.isEmpty()
                ? Optional.empty()
                : Optional.of(unplaced.stream().map(Placement.Unplaced::why).collect(Collectors.joining("; ")));
    }
}
