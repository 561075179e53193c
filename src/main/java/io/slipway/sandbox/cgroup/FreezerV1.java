package io.slipway.sandbox.cgroup;

import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.time.Duration;

/** Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst. A process that is killed while it is frozen ends only once it is thawed. */
final class FreezerV1 implements Freezer {
    private static final String STATE = "freezer.state";
    private static final String FROZEN = "FROZEN";
    private final CgroupDirectory group;

    FreezerV1(CgroupDirectory group) {
        this.group = group;
    }

    /** Joins it and limits nothing. */
    static final class Member implements Controller {
        @Override
        public String name() {
            return "freezer";
        }
    }

    @Override
    public void freeze(Duration atMost) throws IOException {
        if (!Freezer.await(this::tryFreeze, atMost)) {
            thaw();
            throw Freezer.stillRunning(group, atMost);
        }
    }

    /** Written anew each time: what was forked meanwhile, or waited in the kernel, is only then tried again. */
    private boolean tryFreeze() {
        try {
            group.write(STATE, FROZEN);
        } catch (SyscallException e) {
            return false;
        }
        return group.read(STATE).equals(FROZEN);
    }

    @Override
    public void thaw() throws IOException {
        group.write(STATE, "THAWED");
    }

    @Override
    public boolean frozen() {
        String state = group.read(STATE);
        return !state.isEmpty() && !state.equals("THAWED");
    }

    @Override
    public boolean frozenFromAbove() {
        return group.number("freezer.parent_freezing") == 1;
    }
}
