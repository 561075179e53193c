package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.List;

/** Documentation/admin-guide/cgroup-v1/cpusets.rst. */
final class CpusetV1 implements Controller {
    static final String CPUS = "cpuset.cpus";
    static final String MEMS = "cpuset.mems";
    private final CpusetLimits host;

    /** @param host all that there are */
    CpusetV1(CpusetLimits host) {
        this.host = host;
    }

    @Override
    public String name() {
        return "cpuset";
    }

    /** A fresh group has neither cpus nor nodes, and takes no process before it has both. */
    @Override
    public List<Setting> initial(Limits limits) {
        return List.of(new Setting(CPUS, cpus(limits)), new Setting(MEMS, mems(limits)));
    }

    @Override
    public boolean neededToJoin() {
        return true;
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        List<Setting> settings = new ArrayList<>();
        if (!cpus(from).equals(cpus(to))) {
            settings.add(new Setting(CPUS, cpus(to)));
        }
        if (!mems(from).equals(mems(to))) {
            settings.add(new Setting(MEMS, mems(to)));
        }
        return settings;
    }

    private String cpus(Limits limits) {
        return limits.cpuset().cpus().isEmpty() ? host.cpus() : limits.cpuset().cpus();
    }

    private String mems(Limits limits) {
        return limits.cpuset().mems().isEmpty() ? host.mems() : limits.cpuset().mems();
    }
}
