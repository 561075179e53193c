package io.slipway.sandbox;

import io.slipway.linux.CallLog;
import io.slipway.linux.Descriptor;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Version 1 controllers, each in its own hierarchy (Documentation/admin-guide/cgroup-v1). */
final class CgroupV1 implements Cgroup {
    private static final int PERIOD_MICROS = 100_000;
    private final Map<String, Path> directories;

    /** @param directories of each controller: memory, cpu, cpuacct, pids */
    CgroupV1(Map<String, Path> directories) {
        this.directories = Map.copyOf(directories);
    }

    @Override
    public List<Path> directories() {
        return directories.values().stream().distinct().sorted().toList();
    }

    @Override
    public void create(Limits limits, CallLog log) throws IOException {
        for (Path directory : directories()) {
            CgroupFiles.create(directory, log);
        }
        if (limits.memoryBytes().isPresent()) {
            limitMemory(limits.memoryBytes().getAsLong(), log);
        }
        if (limits.cpu().isPresent()) {
            long quota = Math.max(1000, Math.round(limits.cpu().getAsDouble() * PERIOD_MICROS));
            CgroupFiles.write(of("cpu", "cpu"), "cpu.cfs_quota_us", Long.toString(quota), log);
        }
        if (limits.pids().isPresent()) {
            CgroupFiles.write(
                    of("pids", "pids"),
                    "pids.max",
                    Integer.toString(limits.pids().getAsInt()),
                    log);
        }
    }

    private void limitMemory(long bytes, CallLog log) throws IOException {
        Path memory = of("memory", "memory");
        CgroupFiles.write(memory, "memory.limit_in_bytes", Long.toString(bytes), log);
        // Only there when the kernel accounts for swap; without it swap would soften the limit.
        if (Files.exists(memory.resolve("memory.memsw.limit_in_bytes"))) {
            CgroupFiles.write(memory, "memory.memsw.limit_in_bytes", Long.toString(bytes), log);
        }
    }

    private Path of(String controller, String limit) throws IOException {
        Path directory = directories.get(controller);
        if (directory == null) {
            throw new IOException("a " + limit + " limit is asked for, but this machine has no " + controller
                    + " controller mounted; run slipway doctor");
        }
        return directory;
    }

    @Override
    public List<Descriptor> openJoinFiles(CallLog log) throws IOException {
        List<Descriptor> files = new ArrayList<>();
        for (Path directory : directories()) {
            // Not cgroup.procs: for the current thread the kernel then skips a lock whose grace period takes
            // milliseconds.
            Path tasks = directory.resolve("tasks");
            files.add(log.make("open", () -> Syscalls.open(tasks, Syscalls.O_WRONLY, 0), tasks.toString(), "O_WRONLY"));
        }
        return files;
    }

    @Override
    public Optional<Descriptor> openBirthplace(CallLog log) {
        return Optional.empty();
    }

    @Override
    public Stats stats() {
        double cpuSeconds = number("cpuacct", "cpuacct.usage") / 1e9;
        long pids = number("pids", "pids.current");
        Path memory = directories.get("memory");
        if (memory == null) {
            return new Stats(cpuSeconds, 0, (int) pids, 0);
        }
        long used = CgroupFiles.number(memory, "memory.usage_in_bytes");
        long droppable = CgroupFiles.keyed(memory, "memory.stat", "total_inactive_file");
        return new Stats(cpuSeconds, Math.max(0, used - droppable), (int) pids, oomKills());
    }

    @Override
    public long oomKills() {
        Path memory = directories.get("memory");
        return memory == null ? 0 : CgroupFiles.keyed(memory, "memory.oom_control", "oom_kill");
    }

    private long number(String controller, String file) {
        Path directory = directories.get(controller);
        return directory == null ? 0 : CgroupFiles.number(directory, file);
    }

    @Override
    public void killAll() {
        directories().forEach(CgroupFiles::killAll);
    }

    @Override
    public void remove() throws SyscallException {
        for (Path directory : directories()) {
            CgroupFiles.remove(directory);
        }
    }
}
