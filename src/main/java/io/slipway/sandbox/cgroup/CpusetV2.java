package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.List;

/** Documentation/admin-guide/cgroup-v2.rst, Cpuset. */
final class CpusetV2 implements Controller {
    private final CpusetLimits host;

    /** @param host all that there are */
    CpusetV2(CpusetLimits host) {
        this.host = host;
    }

    @Override
    public String name() {
        return "cpuset";
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        List<Setting> settings = new ArrayList<>();
        add(settings, "cpuset.cpus", from.cpuset().cpus(), to.cpuset().cpus(), host.cpus());
        add(settings, "cpuset.mems", from.cpuset().mems(), to.cpuset().mems(), host.mems());
        return settings;
    }

    private static void add(List<Setting> settings, String file, String before, String after, String all) {
        if (!before.equals(after)) {
            // Not an empty line, which means the same: older kernels refuse it while processes are in the group.
            settings.add(new Setting(file, after.isEmpty() ? all : after));
        }
    }
}
