package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Documentation/scheduler/sched-bwc.rst and sched-design-CFS.rst. */
final class CpuV1 implements Controller {
    private static final int UNLIMITED = -1;

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        List<Setting> settings = new ArrayList<>();
        OptionalInt before = from.cpu().quotaMicros();
        OptionalInt after = to.cpu().quotaMicros();
        if (from.cpu().period() != to.cpu().period()) {
            // Without a quota first: a longer period alone may make the old one too small, a shorter one too large.
            if (before.isPresent()) {
                settings.add(Setting.of("cpu.cfs_quota_us", UNLIMITED));
            }
            settings.add(Setting.of("cpu.cfs_period_us", to.cpu().period()));
            before = OptionalInt.empty();
        }
        if (!before.equals(after)) {
            settings.add(Setting.of("cpu.cfs_quota_us", after.orElse(UNLIMITED)));
        }
        if (!from.cpu().asShares().equals(to.cpu().asShares())) {
            settings.add(Setting.of("cpu.shares", to.cpu().asShares().orElse(CpuLimits.DEFAULT_SHARES)));
        }
        return settings;
    }

    @Override
    public void account(CgroupDirectory group, Account account) {
        KeyedText stat = group.keyed("cpu.stat");
        account.periods = stat.number("nr_periods");
        account.throttledPeriods = stat.number("nr_throttled");
        account.throttledSeconds = stat.number("throttled_time") / 1e9;
    }
}
