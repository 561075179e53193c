package io.slipway.analysis;

import io.slipway.base.Arm;
import io.slipway.base.Crashes;
import io.slipway.base.HostName;
import io.slipway.base.MetricWindow;
import io.slipway.base.RevisionId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A slot that waits for windows: of all hosts, that begin within it. */
final class OpenSlot {
    private final Instant start;
    private double seconds;
    private final Set<Key> seen = new HashSet<>();
    /** With the most replicas that were ready there: an agent may cut a window in two. */
    private final Map<Place, Integer> places = new HashMap<>();

    private ArmSums control = ArmSums.NONE;
    private ArmSums candidate = ArmSums.NONE;
    private boolean hasControl;
    private boolean hasCandidate;
    private boolean broken;
    private boolean warmingUp;

    /** Where windows of one arm come from: one, or two where an agent cut earlier. */
    private record Place(Arm arm, HostName host) {
        @Override
        public int hashCode() {
            return 31 * host.value().hashCode() + arm.ordinal();
        }
    }

    private record Key(RevisionId revision, Arm arm, HostName host, Instant start) {
        /** Of one slot's windows host and arm tell most apart. */
        @Override
        public int hashCode() {
            return 31 * host.value().hashCode() + arm.ordinal();
        }
    }

    OpenSlot(Instant start, double seconds) {
        this.start = start;
        this.seconds = seconds;
    }

    /** Makes it shorter, if it would go on then. */
    void endBy(Instant at) {
        if (start.isBefore(at) && at.isBefore(end())) {
            seconds = Duration.between(start, at).toMillis() / 1000.0;
        }
    }

    /** False for a window that was counted already. */
    boolean add(MetricWindow w) {
        if (!seen.add(new Key(w.revision(), w.arm(), w.host(), w.start()))) {
            return false;
        }
        places.merge(new Place(w.arm(), w.host()), w.replicas(), Math::max);
        broken |= isBroken(w);
        warmingUp |= w.warmingUp();
        if (w.arm() == Arm.CONTROL) {
            hasControl = true;
            control = isBroken(w) ? control : control.plus(w);
        } else {
            hasCandidate = true;
            candidate = isBroken(w) ? candidate : candidate.plus(w);
        }
        return true;
    }

    /** A window that cannot be true: a counter that ran backwards, a division by nothing, more errors than requests. */
    private static boolean isBroken(MetricWindow w) {
        boolean counts = w.requests() >= 0 && w.errors() >= 0 && w.errors() <= w.requests() && w.replicas() >= 0;
        boolean sums = w.cpuSeconds() >= 0 && w.memoryByteSeconds() >= 0 && w.egress() >= 0 && w.seconds() > 0;
        boolean finite = w.cpuSeconds() + w.memoryByteSeconds() + w.seconds() < Double.POSITIVE_INFINITY;
        Crashes crashes = w.crashes().orElse(Crashes.NONE);
        boolean ends = crashes.outOfMemory() >= 0 && crashes.ends() >= crashes.outOfMemory();
        return !(counts && sums && finite && ends) || hasNegative(w.latency().count());
    }

    private static boolean hasNegative(long[] counts) {
        for (long c : counts) {
            if (c < 0) {
                return true;
            }
        }
        return false;
    }

    boolean complete(boolean withControl) {
        return hasCandidate && (hasControl || !withControl);
    }

    Instant end() {
        return start.plusNanos((long) (seconds * 1e9));
    }

    double seconds() {
        return seconds;
    }

    /** Of each host and arm one. */
    int windows() {
        return places.size();
    }

    Slot closed() {
        return new Slot(
                start,
                seconds,
                control.withReplicas(replicas(Arm.CONTROL)),
                candidate.withReplicas(replicas(Arm.CANDIDATE)),
                places.size(),
                hasControl,
                hasCandidate,
                broken,
                warmingUp);
    }

    private int replicas(Arm arm) {
        long sum = 0;
        for (Map.Entry<Place, Integer> place : places.entrySet()) {
            sum += place.getKey().arm == arm ? place.getValue() : 0;
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, sum));
    }
}
