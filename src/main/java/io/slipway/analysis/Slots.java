package io.slipway.analysis;

import io.slipway.base.Arm;
import io.slipway.base.MetricWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Brings the windows of both arms and of all hosts together by time, in any order, each once. All are put on one grid: hosts cut their windows by clocks
 * of their own, a few milliseconds longer or shorter each time, and one after an agent was away covers that time. A slot is closed when its time is over and
 * both arms are there from as many hosts as in the slot before, or when it is overdue; what comes later than that is left out and counted.
 */
final class Slots {
    private static final int OVERDUE_SLOTS = 2;
    /** Where the first window has no possible length. */
    private static final double DEFAULT_SECONDS = 10;

    /** Usual lengths of windows, in seconds. */
    private static final double[] USUAL = {1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600};

    private static final double USUAL_WITHIN = 0.05;
    /** Windows whose length differs by more are of another kind. */
    private static final double SAME_WITHIN = 0.25;
    /** At so many times one after the other they are no exception. */
    private static final int NO_EXCEPTION = 5;

    /** Slots by which windows of one time do not differ. */
    private static final int FAR = 10;

    private final boolean control;
    private final TreeMap<Long, OpenSlot> open = new TreeMap<>();
    private long closedUpTo = Long.MIN_VALUE;
    /** Of the grid; 0 before the first window. */
    private double seconds;

    private int exceptions;
    /** The last exception, in ms: what many hosts send of one time is one. */
    private long exceptionFrom = Long.MIN_VALUE;

    private long exceptionTo = Long.MIN_VALUE;
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
            fit(w);
        }
        long key = key(w);
        double length = millis() / 1000.0;
        if (key <= closedUpTo
                || !open.computeIfAbsent(key, k -> new OpenSlot(Instant.ofEpochMilli(k), length))
                        .add(w)) {
            dropped++;
        }
    }

    private void fit(MetricWindow w) {
        if (isNear(w.seconds(), seconds, SAME_WITHIN)) {
            exceptions = 0;
            return;
        }
        long from = w.start().toEpochMilli();
        boolean longBefore = exceptionFrom - from > FAR * millis();
        if (from >= exceptionTo || longBefore) {
            exceptions++;
            exceptionFrom = from;
            exceptionTo = from + Math.round(w.seconds() * 1000);
        }
        if (exceptions == NO_EXCEPTION || seconds == 0) {
            seconds = grid(w.seconds());
            exceptions = 0;
            // One that was to last longer holds up all after it.
            open.values().forEach(slot -> slot.endBy(w.start()));
        }
    }

    private long millis() {
        return Math.max(1, Math.round((seconds > 0 ? seconds : DEFAULT_SECONDS) * 1000));
    }

    private long key(MetricWindow w) {
        return Math.floorDiv(w.start().toEpochMilli(), millis()) * millis();
    }

    private static double grid(double measured) {
        for (double usual : USUAL) {
            if (isNear(measured, usual, USUAL_WITHIN)) {
                return usual;
            }
        }
        return measured;
    }

    private static boolean isNear(double a, double b, double within) {
        return Math.abs(a - b) <= within * b;
    }

    /** The slots that can be judged now, in order of time. */
    List<Slot> close(Instant now) {
        List<Slot> closed = new ArrayList<>();
        while (!open.isEmpty()) {
            OpenSlot slot = open.firstEntry().getValue();
            boolean whole = slot.complete(control) && slot.windows() >= expected && !now.isBefore(slot.end());
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
