package io.slipway.sandbox.cgroup;

import java.io.IOException;
import java.time.Duration;

/** Documentation/admin-guide/cgroup-v2.rst, cgroup.freeze. A process that is killed while it is frozen ends. */
final class FreezerV2 implements Freezer {
    private static final String FREEZE = "cgroup.freeze";
    private final CgroupDirectory group;

    FreezerV2(CgroupDirectory group) {
        this.group = group;
    }

    @Override
    public void freeze(Duration atMost) throws IOException {
        group.write(FREEZE, "1");
        if (!Freezer.await(this::allStandStill, atMost)) {
            thaw();
            throw Freezer.stillRunning(group, atMost);
        }
    }

    private boolean allStandStill() {
        return group.keyed("cgroup.events").number("frozen") == 1;
    }

    @Override
    public void thaw() throws IOException {
        group.write(FREEZE, "0");
    }

    @Override
    public boolean frozen() {
        return group.number(FREEZE) == 1 || allStandStill();
    }

    @Override
    public boolean frozenFromAbove() {
        return allStandStill();
    }
}
