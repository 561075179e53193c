package io.slipway.analysis;

import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Brings the windows of both arms and of all hosts together by time, in any order, each once. A slot is closed when both arms are there with
 * as many windows as the slot before had, or when it is overdue; what comes later than that is left out and counted.
 */
final class Slots {
    private static final int OVERDUE_SLOTS = 2;

    private final boolean control;
    private final TreeMap<Long, OpenSlot> open = new TreeMap<>();
    private long closedUpTo = Long.MIN_VALUE;
    private double seconds = 10;
    private int expected;
    private int dropped;

    Slots(boolean control) {
        this.control = control;
    }

    void add(MetricWindow w) {
        if (w.arm() == Arm.STABLE) {
            return;
        }
        if (w.seconds() > 0 && w.seconds() < 86_400) {
            seconds = w.seconds();
        }
        long millis = Math.max(1, Math.round(seconds * 1000));
        long key = Math.floorDiv(w.start().toEpochMilli(), millis) * millis;
        if (key <= closedUpTo
                || !open.computeIfAbsent(key, k -> new OpenSlot(Instant.ofEpochMilli(k), seconds))
                        .add(w)) {
            dropped++;
        }
    }

    /** The slots that can be judged now, in order of time. */
    List<Slot> close(Instant now) {
        List<Slot> closed = new ArrayList<>();
        while (!open.isEmpty()) {
            OpenSlot slot = open.firstEntry().getValue();
            boolean whole = slot.complete(control) && slot.windows() >= expected;
            if (!whole && now.isBefore(overdue(slot))) {
                break;
            }
            expected = slot.windows();
            closedUpTo = open.firstKey();
            open.remove(closedUpTo);
            closed.add(slot.closed());
        }
        return closed;
    }

    private Instant overdue(OpenSlot slot) {
        return slot.end().plus(Duration.ofMillis((long) (slot.seconds() * 1000 * OVERDUE_SLOTS)));
    }

    /** Goes on after a slot that was closed before. */
    void resume(Slot last) {
        seconds = last.seconds();
        expected = last.windows();
        closedUpTo = last.start().toEpochMilli();
    }

    /** Windows that came twice or too late. */
    int dropped() {
        return dropped;
    }
}
