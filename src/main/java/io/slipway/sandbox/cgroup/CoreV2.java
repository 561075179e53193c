package io.slipway.sandbox.cgroup;

import java.util.Optional;

/** What every group of version 2 counts, whatever its controllers: cpu time and pressure (Documentation/accounting/psi.rst). */
final class CoreV2 implements Controller {
    @Override
    public String name() {
        return "core";
    }

    @Override
    public void account(CgroupDirectory group, Account account) {
        KeyedText stat = group.keyed("cpu.stat");
        account.cpuSeconds = stat.number("usage_usec") / 1e6;
        account.userSeconds = stat.number("user_usec") / 1e6;
        account.systemSeconds = stat.number("system_usec") / 1e6;
        account.cpuPressure = pressure(group, "cpu.pressure");
        account.memoryPressure = pressure(group, "memory.pressure");
        account.ioPressure = pressure(group, "io.pressure");
    }

    /** Empty where the kernel was built or started without it (psi=0). */
    private static Optional<Stats.Pressure> pressure(CgroupDirectory group, String file) {
        KeyedText text = group.keyed(file);
        if (!text.has("some")) {
            return Optional.empty();
        }
        return Optional.of(new Stats.Pressure(
                text.decimal("some", "avg10"),
                text.decimal("some", "total") / 1e6,
                text.decimal("full", "avg10"),
                text.decimal("full", "total") / 1e6));
    }
}
