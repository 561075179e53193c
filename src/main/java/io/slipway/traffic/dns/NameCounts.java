package io.slipway.traffic.dns;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often containers asked for names, by what they were told. */
public final class NameCounts {
    final LongAdder service = new LongAdder();
    final LongAdder none = new LongAdder();
    final LongAdder forwarded = new LongAdder();
    final LongAdder failed = new LongAdder();

    /** By label: {@code service} (ours, and served), {@code none} (ours, and none), {@code forwarded}, {@code failed}. */
    public Map<String, Long> now() {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("service", service.sum());
        all.put("none", none.sum());
        all.put("forwarded", forwarded.sum());
        all.put("failed", failed.sum());
        return all;
    }
}
