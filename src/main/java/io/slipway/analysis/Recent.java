package io.slipway.analysis;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;

/** The last slots, kept for what must hold now rather than since the beginning. Bounded by number. */
final class Recent {
    static final int SLOTS = 30;
    private static final int MAX_SLOTS = 120;

    private final ArrayDeque<Slot> slots = new ArrayDeque<>();

    void add(Slot slot) {
        slots.addLast(slot);
        if (slots.size() > MAX_SLOTS) {
            slots.removeFirst();
        }
    }

    Iterator<Slot> newestFirst() {
        return slots.descendingIterator();
    }

    /** Share of the last 30 slots that cannot be used. */
    double brokenShare(boolean withControl) {
        int bad = 0;
        int seen = 0;
        for (Iterator<Slot> i = newestFirst(); i.hasNext() && seen < SLOTS; seen++) {
            Slot s = i.next();
            bad += s.usable(withControl) ? 0 : 1;
        }
        return seen == 0 ? 0 : (double) bad / seen;
    }

    /** End of the newest slot that can be used. */
    Optional<Instant> lastUsable(boolean withControl) {
        for (Iterator<Slot> i = newestFirst(); i.hasNext(); ) {
            Slot s = i.next();
            if (s.usable(withControl)) {
                return Optional.of(s.end());
            }
        }
        return Optional.empty();
    }
}
