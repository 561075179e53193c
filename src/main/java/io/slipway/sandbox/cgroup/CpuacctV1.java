package io.slipway.sandbox.cgroup;

/** Counts cpu time; limits nothing (Documentation/admin-guide/cgroup-v1/cpuacct.rst). */
final class CpuacctV1 implements Controller {
    @Override
    public String name() {
        return "cpuacct";
    }

    @Override
    public void account(CgroupDirectory group, Account account) {
        account.cpuSeconds = group.number("cpuacct.usage") / 1e9;
        account.userSeconds = group.number("cpuacct.usage_user") / 1e9;
        account.systemSeconds = group.number("cpuacct.usage_sys") / 1e9;
    }
}
