package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.List;

/** Documentation/admin-guide/cgroup-v2.rst, Cpuset. */
final class CpusetV2 implements Controller {
    @Override
    public String name() {
        return "cpuset";
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        List<Setting> settings = new ArrayList<>();
        add(settings, "cpuset.cpus", from.cpuset().cpus(), to.cpuset().cpus());
        add(settings, "cpuset.mems", from.cpuset().mems(), to.cpuset().mems());
        return settings;
    }

    private static void add(List<Setting> settings, String file, String before, String after) {
        if (!before.equals(after)) {
            // An empty line gives back what the parent has; a write of no bytes would do nothing.
            settings.add(new Setting(file, after.isEmpty() ? "\n" : after));
        }
    }
}
