package io.slipway.placement;

import io.slipway.base.AllocationId;
import io.slipway.base.Arm;
import io.slipway.base.HostName;
import io.slipway.base.RevisionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Chooses hosts for a service's replicas. What runs and fits is kept, if need be in another arm; only a control is always started afresh, since
 * it must be as young as the candidate that it is compared with. New replicas go where the fewest of their process are. The same input gives
 * the same answer.
 */
public final class Placer {
    private static final Comparator<Placed> BEST_FIRST = Comparator.comparing((Placed it) -> !it.isReady())
            .thenComparing(it -> it.allocation().id());

    private final List<Placed> free;
    private final Map<HostName, HostRoom> rooms = new TreeMap<>();
    private final Set<AllocationId> taken = new HashSet<>();
    private final Ids ids;
    private final List<Allocation> chosen = new ArrayList<>();
    private final List<Placement.Unplaced> unplaced = new ArrayList<>();

    private Placer(List<Placed> current, List<HostRoom> hosts, Ids ids) {
        this.free = new ArrayList<>(
                current.stream().filter(it -> !it.isOver()).sorted(BEST_FIRST).toList());
        this.ids = ids;
        hosts.forEach(it -> rooms.put(it.host(), it));
        current.forEach(it -> taken.add(it.allocation().id()));
    }

    /** Names a new replica; asked with the next ordinal, from 0, where the id is taken. Must differ for each ordinal. */
    @FunctionalInterface
    public interface Ids {
        AllocationId id(RevisionId revision, Arm arm, String process, int ordinal);
    }

    /**
     * Places a whole service.
     *
     * @param wanted everything that the service shall run
     * @param current what is assigned for the service now; those on hosts that are not heard of are kept there, since unknown is not dead
     * @param hosts those that are alive, with what is left beside {@code current}
     */
    public static Placement place(List<Wanted> wanted, List<Placed> current, List<HostRoom> hosts, Ids ids) {
        List<Wanted> ordered = wanted.stream()
                .sorted(Comparator.comparing(Wanted::arm)
                        .thenComparing(it -> it.revision().number())
                        .thenComparing(Wanted::process))
                .toList();
        return new Placer(current, hosts, ids).place(ordered);
    }

    private Placement place(List<Wanted> wanted) {
        int[] missing = new int[wanted.size()];
        for (int i = 0; i < missing.length; i++) {
            missing[i] =
                    wanted.get(i).replicas() - keep(wanted.get(i), wanted.get(i).replicas(), true);
        }
        for (int i = 0; i < missing.length; i++) {
            boolean fresh = wanted.get(i).arm() == Arm.CONTROL;
            missing[i] -= fresh ? 0 : keep(wanted.get(i), missing[i], false);
        }
        for (int i = 0; i < missing.length; i++) {
            start(wanted.get(i), missing[i]);
        }
        chosen.sort(Comparator.comparing(Allocation::id));
        return new Placement(List.copyOf(chosen), List.copyOf(unplaced));
    }

    private int keep(Wanted wanted, int atMost, boolean sameArm) {
        List<Placed> kept = free.stream()
                .filter(it -> wanted.fits(it.allocation()))
                .filter(it -> !sameArm || it.allocation().arm() == wanted.arm())
                .limit(atMost)
                .toList();
        free.removeAll(kept);
        kept.forEach(it -> chosen.add(it.allocation().withArm(wanted.arm())));
        return kept.size();
    }

    private void start(Wanted wanted, int count) {
        for (int i = 0; i < count; i++) {
            Optional<HostRoom> room = rooms.values().stream()
                    .filter(it -> it.holds(wanted))
                    .min(Comparator.comparingLong((HostRoom it) -> replicas(it.host(), wanted))
                            .thenComparing(Comparator.comparingLong(HostRoom::memoryFreeBytes)
                                    .reversed())
                            .thenComparing(HostRoom::host));
            if (room.isEmpty()) {
                unplaced.add(new Placement.Unplaced(wanted, count - i, why(wanted, count - i)));
                return;
            }
            rooms.put(room.get().host(), room.get().less(wanted));
            chosen.add(allocation(wanted, room.get().host()));
        }
    }

    private long replicas(HostName host, Wanted wanted) {
        return chosen.stream()
                .filter(it -> it.host().equals(host) && it.process().equals(wanted.process()))
                .count();
    }

    private Allocation allocation(Wanted wanted, HostName host) {
        int ordinal = 0;
        AllocationId id = ids.id(wanted.revision(), wanted.arm(), wanted.process(), ordinal);
        while (!taken.add(id)) {
            AllocationId next = ids.id(wanted.revision(), wanted.arm(), wanted.process(), ++ordinal);
            if (next.equals(id)) {
                throw new IllegalArgumentException("ids must differ for each ordinal, but " + id + " came twice");
            }
            id = next;
        }
        return new Allocation(
                id,
                wanted.revision(),
                wanted.arm(),
                host,
                wanted.process(),
                wanted.spec(),
                wanted.image(),
                wanted.env(),
                wanted.routed());
    }

    private String why(Wanted wanted, int count) {
        if (rooms.isEmpty()) {
            return "no host is alive";
        }
        double cpu =
                rooms.values().stream().mapToDouble(HostRoom::cpuFree).max().orElse(0);
        long memory = rooms.values().stream()
                .mapToLong(HostRoom::memoryFreeBytes)
                .max()
                .orElse(0);
        return String.format(
                Locale.ROOT,
                "%d of %d replicas of %s %s (%s) have no room: each needs %.2f cores and %d MiB; of %d hosts alive, at"
                        + " most %.2f cores and %d MiB are free on one",
                count,
                wanted.replicas(),
                wanted.revision(),
                wanted.process(),
                wanted.arm().name().toLowerCase(Locale.ROOT),
                wanted.spec().resources().cpu(),
                wanted.spec().resources().memoryBytes() >> 20,
                rooms.size(),
                Math.max(0, cpu),
                Math.max(0, memory) >> 20);
    }
}
