package io.slipway.sandbox.cgroup;

import java.util.List;
import java.util.OptionalInt;

/** The same in both versions (Documentation/admin-guide/cgroup-v1/pids.rst, cgroup-v2.rst, PID). */
final class Pids implements Controller {
    @Override
    public String name() {
        return "pids";
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        OptionalInt max = to.pids();
        return from.pids().equals(max)
                ? List.of()
                : List.of(new Setting("pids.max", max.isPresent() ? Integer.toString(max.getAsInt()) : "max"));
    }

    @Override
    public void account(CgroupDirectory group, Account account) {
        account.pids = (int) group.number("pids.current");
        account.pidsMax = group.optional("pids.max");
        account.forksRefused = group.keyed("pids.events").number("max");
    }
}
