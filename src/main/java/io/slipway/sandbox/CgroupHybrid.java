package io.slipway.sandbox;

import io.slipway.linux.CallLog;
import io.slipway.linux.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Controllers of which some are in version 1 hierarchies and some in the unified one. */
final class CgroupHybrid implements Cgroup {
    private final Cgroup first;
    private final Cgroup unified;
    private final Set<String> unifiedControllers;

    CgroupHybrid(CgroupV1 first, CgroupV2 unified, Set<String> unifiedControllers) {
        this.first = first;
        this.unified = unified;
        this.unifiedControllers = Set.copyOf(unifiedControllers);
    }

    @Override
    public List<Path> directories() {
        List<Path> all = new ArrayList<>(first.directories());
        all.addAll(unified.directories());
        return all;
    }

    @Override
    public void create(Limits limits, CallLog log) throws IOException {
        first.create(part(limits, false), log);
        unified.create(part(limits, true), log);
    }

    private Limits part(Limits limits, boolean inUnified) {
        return new Limits(
                unifiedControllers.contains("memory") == inUnified ? limits.memoryBytes() : OptionalLong.empty(),
                unifiedControllers.contains("cpu") == inUnified ? limits.cpu() : OptionalDouble.empty(),
                unifiedControllers.contains("pids") == inUnified ? limits.pids() : OptionalInt.empty());
    }

    @Override
    public List<Descriptor> openJoinFiles(CallLog log) throws IOException {
        return first.openJoinFiles(log);
    }

    @Override
    public Optional<Descriptor> openBirthplace(CallLog log) throws IOException {
        return unified.openBirthplace(log);
    }

    @Override
    public Stats stats() {
        // cpu.stat of version 2 counts the same time again where cpuacct is a version 1 controller.
        Stats one = first.stats();
        Stats two = unified.stats();
        return one.plus(
                new Stats(one.cpuSeconds() > 0 ? 0 : two.cpuSeconds(), two.memoryBytes(), two.pids(), two.oomKills()));
    }

    @Override
    public long oomKills() {
        return first.oomKills() + unified.oomKills();
    }

    @Override
    public void killAll() {
        unified.killAll();
        first.killAll();
    }

    @Override
    public void remove() throws IOException {
        first.remove();
        unified.remove();
    }
}
