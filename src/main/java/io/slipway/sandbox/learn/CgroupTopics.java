package io.slipway.sandbox.learn;

import io.slipway.sandbox.Omission;
import io.slipway.sandbox.cgroup.Limits;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What limits and counts: control groups, version 1 beside version 2 (cgroups(7)). */
final class CgroupTopics {
    /** Ends at 40, limit or not. */
    private static final String SLEEPERS = "i=0; (while [ $i -lt 40 ]; do sleep 2 & i=$((i+1)); echo $i > /tmp/n; done)"
            + " 2> /dev/null; echo \"$(cat /tmp/n) of 40 sleepers were started\"";

    private static final Topic GROUPS = Topic.of(
            "cgroups",
            "what belongs together: control groups, version 1 beside version 2",
            """
            A control group is a directory: processes are put in it, limits are written to its files, usage is read from them.
            v1: a hierarchy per controller (/sys/fs/cgroup/memory, .../pids, ...); a process joins each, by a write to tasks.
            v2: one hierarchy for all; controllers are switched on in cgroup.subtree_control; a child is born in its group.
            v1 has no pressure files and no way to kill a whole group at once; v2 has memory.pressure and cgroup.kill.
            Many machines have both mounted (hybrid): Slipway looks where each controller is, and uses it there.""",
            List.of(
                    "cgroups(7)",
                    "Documentation/admin-guide/cgroup-v1",
                    "Documentation/admin-guide/cgroup-v2.rst",
                    "clone(2)"),
            "/sys/fs/cgroup|cgroup\\.procs|CLONE_INTO_CGROUP",
            Demonstration.of(
                            SLEEPERS,
                            Omission.NONE.groups(),
                            "joining the groups, which are made and limited all the same",
                            "Limits bind who is in the group, and nobody else. That is why joining comes before everything of the image.")
                    .in(spec -> spec.withLimits(
                            new Limits(OptionalLong.empty(), OptionalDouble.empty(), OptionalInt.of(16)))));

    private static final Topic MEMORY = Topic.of(
            "memory",
            "how much memory: the memory controller",
            """
            A group's memory is counted page by page; over its limit the kernel first takes back what it can, then kills in the group.
            v1: memory.limit_in_bytes, in a hierarchy of its own.  v2: memory.max, and memory.high, above which it is slowed.
            v1: memory.usage_in_bytes, memory.oom_control.         v2: memory.current, memory.events.
            Joining: v1 by a write to tasks in each hierarchy, v2 by being born in the group (CLONE_INTO_CGROUP).""",
            List.of(
                    "cgroups(7)",
                    "Documentation/admin-guide/cgroup-v1/memory.rst",
                    "Documentation/admin-guide/cgroup-v2.rst"),
            "memory\\.(limit_in_bytes|memsw|max|high|swap)|/memory/.*tasks",
            Demonstration.of(
                            "dd if=/dev/zero of=/dev/null bs=64M count=1; echo 'and goes on'",
                            Omission.NONE,
                            "the memory limit",
                            "A leak in one container would be everybody's: the host's OOM killer chooses by its own lights.")
                    .in(spec -> spec.withLimits(
                            new Limits(OptionalLong.of(32 << 20), OptionalDouble.empty(), OptionalInt.empty())))
                    .without(spec -> spec.withLimits(Limits.NONE)));

    private static final Topic PIDS = Topic.of(
            "pids",
            "how many processes: the pids controller",
            """
            Processes and threads of a group are counted; beyond the limit fork and clone fail with EAGAIN.
            v1 and v2 have the same file: pids.max. A fork bomb then ends itself, and the host goes on.""",
            List.of("cgroups(7)", "Documentation/admin-guide/cgroup-v1/pids.rst", "fork(2)"),
            "pids\\.max|/pids/.*tasks",
            Demonstration.of(
                            SLEEPERS,
                            Omission.NONE,
                            "the limit of 16 processes",
                            "Here it ends at 40; a real bomb ends when the host has no process left for anybody, not even to log in.")
                    .in(spec -> spec.withLimits(
                            new Limits(OptionalLong.empty(), OptionalDouble.empty(), OptionalInt.of(16))))
                    .without(spec -> spec.withLimits(
                            new Limits(OptionalLong.empty(), OptionalDouble.empty(), OptionalInt.of(100)))));

    private static final Topic CPU = Topic.of(
            "cpu",
            "how much cpu: the cpu controller",
            """
            A quota of run time per period: with 0.2 cores a group runs 20 ms of every 100 ms, then waits, whatever else is idle.
            v1: cpu.cfs_quota_us and cpu.cfs_period_us.  v2: both in cpu.max. Used time: v1 cpuacct.usage, v2 cpu.stat.""",
            List.of("cgroups(7)", "Documentation/scheduler/sched-bwc.rst"),
            "cpu\\.(cfs_quota_us|cfs_period_us|max)|/cpu(acct)?/.*tasks",
            Demonstration.of(
                            "t() { cut -d' ' -f1 /proc/uptime | tr -d .; }; s=$(t); i=0;"
                                    + " while [ $i -lt 150000 ]; do i=$((i+1)); done; echo \"counted to 150000 in $(( ($(t) - s) * 10 )) ms\"",
                            Omission.NONE,
                            "the limit of 0.2 cores",
                            "One busy loop takes a whole core from its neighbours, for as long as it likes.")
                    .in(spec -> spec.withLimits(
                            new Limits(OptionalLong.empty(), OptionalDouble.of(0.2), OptionalInt.empty())))
                    .without(spec -> spec.withLimits(Limits.NONE)));

    static final List<Topic> ALL = List.of(GROUPS, MEMORY, PIDS, CPU);

    private CgroupTopics() {}
}
