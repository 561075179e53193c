package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Documentation/admin-guide/cgroup-v2.rst, CPU. Time itself is counted by {@link CoreV2}. */
final class CpuV2 implements Controller {
    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        List<Setting> settings = new ArrayList<>();
        String max = max(to.cpu());
        if (!max.equals(max(from.cpu()))) {
            settings.add(new Setting("cpu.max", max));
        }
        if (!from.cpu().asWeight().equals(to.cpu().asWeight())) {
            settings.add(Setting.of("cpu.weight", to.cpu().asWeight().orElse(CpuLimits.DEFAULT_WEIGHT)));
        }
        return settings;
    }

    private static String max(CpuLimits limits) {
        OptionalInt quota = limits.quotaMicros();
        return (quota.isPresent() ? Integer.toString(quota.getAsInt()) : "max") + " " + limits.period();
    }

    @Override
    public void account(CgroupDirectory group, Account account) {
        KeyedText stat = group.keyed("cpu.stat");
        account.periods = stat.number("nr_periods");
        account.throttledPeriods = stat.number("nr_throttled");
        account.throttledSeconds = stat.number("throttled_usec") / 1e6;
    }
}
