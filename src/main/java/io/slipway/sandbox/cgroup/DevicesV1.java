package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.List;

/** Documentation/admin-guide/cgroup-v1/devices.rst. */
final class DevicesV1 implements Controller {
    private static final String ALLOW = "devices.allow";
    private static final String DENY = "devices.deny";

    @Override
    public String name() {
        return "devices";
    }

    /** A fresh group allows what its parent does: everything. */
    @Override
    public List<Setting> initial(Limits limits) {
        DeviceList list = DeviceList.of(limits.devices());
        List<Setting> settings = new ArrayList<>(List.of(new Setting(list.allowsAll() ? ALLOW : DENY, "a")));
        list.exceptions().forEach(rule -> settings.add(exception(list, rule)));
        return settings;
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        DeviceList before = DeviceList.of(from.devices());
        DeviceList after = DeviceList.of(to.devices());
        if (before.allowsAll() != after.allowsAll()) {
            return initial(to);
        }
        List<Setting> settings = new ArrayList<>();
        for (DeviceRule rule : before.exceptions()) {
            if (!after.exceptions().contains(rule)) {
                settings.add(new Setting(before.allowsAll() ? ALLOW : DENY, rule.line()));
            }
        }
        for (DeviceRule rule : after.exceptions()) {
            if (!before.exceptions().contains(rule)) {
                settings.add(exception(after, rule));
            }
        }
        return settings;
    }

    private static Setting exception(DeviceList list, DeviceRule rule) {
        return new Setting(list.allowsAll() ? DENY : ALLOW, rule.line());
    }
}
