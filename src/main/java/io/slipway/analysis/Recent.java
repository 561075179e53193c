package io.slipway.analysis;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The last slots without their latencies, kept for what must hold now rather than since the beginning. Bounded by number. */
final class Recent {
    static final int SLOTS = 30;
    private static final int FEW = 5;

    private final boolean withControl;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private @Nullable Instant lastUsable;

    private record Entry(boolean usable, boolean warmingUp, ArmSums control, ArmSums candidate) {}

    /** Both arms over the same slots. */
    record Pair(ArmSums control, ArmSums candidate) {}

    Recent(boolean withControl) {
        this.withControl = withControl;
    }

    void add(Slot slot) {
        boolean usable = slot.usable(withControl);
        entries.addLast(
                usable
                        ? new Entry(
                                true,
                                slot.warmingUp(),
                                slot.control().withoutLatency(),
                                slot.candidate().withoutLatency())
                        : new Entry(false, false, ArmSums.NONE, ArmSums.NONE));
        if (entries.size() > SLOTS) {
            entries.removeFirst();
        }
        lastUsable = usable ? slot.end() : lastUsable;
    }

    /** Sums over the usable ones among the newest slots. */
    Pair sums(int slots) {
        ArmSums control = ArmSums.NONE;
        ArmSums candidate = ArmSums.NONE;
        Iterator<Entry> newestFirst = entries.descendingIterator();
        for (int i = 0; i < slots && newestFirst.hasNext(); i++) {
            Entry e = newestFirst.next();
            control = control.plusWithoutLatency(e.control);
            candidate = candidate.plusWithoutLatency(e.candidate);
        }
        return new Pair(control, candidate);
    }

    /** Share of the last 30 slots that cannot be used; of at least five, since one arm may have its first window before the other. */
    double brokenShare() {
        long bad = entries.stream().filter(e -> !e.usable).count();
        return (double) bad / Math.max(FEW, entries.size());
    }

    /** How many of the last 30 slots were of replicas that had just started. */
    int warmingUp() {
        return (int) entries.stream().filter(e -> e.warmingUp).count();
    }

    /** How many of the last 30 slots there are. */
    int slots() {
        return entries.size();
    }

    /** End of the newest slot that can be used. */
    Optional<Instant> lastUsable() {
        return Optional.ofNullable(lastUsable);
    }
}
