package io.slipway.sandbox;

import io.slipway.linux.CallLog;
import io.slipway.linux.Descriptor;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The unified hierarchy (Documentation/admin-guide/cgroup-v2). */
final class CgroupV2 implements Cgroup {
    private static final int PERIOD_MICROS = 100_000;
    private final Path root;
    private final Path directory;
    private final Set<String> controllers;

    /**
     * @param root where the hierarchy is mounted
     * @param directory three levels below it
     * @param controllers those of memory, cpu and pids that it has
     */
    CgroupV2(Path root, Path directory, Set<String> controllers) {
        this.root = root;
        this.directory = directory;
        this.controllers = Set.copyOf(controllers);
    }

    @Override
    public List<Path> directories() {
        return List.of(directory);
    }

    @Override
    public void create(Limits limits, CallLog log) throws IOException {
        Path owner = CgroupFiles.parent(directory);
        Path ours = CgroupFiles.parent(owner);
        CgroupFiles.ensure(ours);
        CgroupFiles.ensure(owner);
        if (!controllers.isEmpty()) {
            String enable = controllers.stream().sorted().map(c -> "+" + c).collect(Collectors.joining(" "));
            for (Path level : List.of(root, ours, owner)) {
                CgroupFiles.write(level, "cgroup.subtree_control", enable, log);
            }
        }
        CgroupFiles.create(directory, log);
        limit(limits, log);
    }

    private void limit(Limits limits, CallLog log) throws IOException {
        if (limits.memoryBytes().isPresent()) {
            need("memory");
            CgroupFiles.write(
                    directory, "memory.max", Long.toString(limits.memoryBytes().getAsLong()), log);
            if (!CgroupFiles.read(directory, "memory.swap.max").isEmpty()) {
                CgroupFiles.write(directory, "memory.swap.max", "0", log);
            }
        }
        if (limits.cpu().isPresent()) {
            need("cpu");
            long quota = Math.max(1000, Math.round(limits.cpu().getAsDouble() * PERIOD_MICROS));
            CgroupFiles.write(directory, "cpu.max", quota + " " + PERIOD_MICROS, log);
        }
        if (limits.pids().isPresent()) {
            need("pids");
            CgroupFiles.write(
                    directory, "pids.max", Integer.toString(limits.pids().getAsInt()), log);
        }
    }

    private void need(String controller) throws IOException {
        if (!controllers.contains(controller)) {
            throw new IOException("a " + controller + " limit is asked for, but the cgroup hierarchy at " + root
                    + " has no " + controller + " controller; run slipway doctor");
        }
    }

    @Override
    public List<Descriptor> openJoinFiles(CallLog log) {
        return List.of();
    }

    @Override
    public Optional<Descriptor> openBirthplace(CallLog log) throws IOException {
        int flags = Syscalls.O_PATH | Syscalls.O_DIRECTORY;
        return Optional.of(
                log.make("open", () -> Syscalls.open(directory, flags, 0), directory.toString(), "O_PATH|O_DIRECTORY"));
    }

    @Override
    public Stats stats() {
        double cpuSeconds = CgroupFiles.keyed(directory, "cpu.stat", "usage_usec") / 1e6;
        long used = CgroupFiles.number(directory, "memory.current");
        long droppable = CgroupFiles.keyed(directory, "memory.stat", "inactive_file");
        long pids = CgroupFiles.number(directory, "pids.current");
        return new Stats(cpuSeconds, Math.max(0, used - droppable), (int) pids, oomKills());
    }

    @Override
    public long oomKills() {
        return CgroupFiles.keyed(directory, "memory.events", "oom_kill");
    }

    @Override
    public void killAll() {
        try {
            Syscalls.writeFile(directory.resolve("cgroup.kill"), "1");
        } catch (SyscallException e) {
            // Before Linux 5.14 there is no such file.
            CgroupFiles.killAll(directory);
        }
    }

    @Override
    public void remove() throws SyscallException {
        CgroupFiles.remove(directory);
    }
}
