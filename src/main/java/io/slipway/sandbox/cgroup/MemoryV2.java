package io.slipway.sandbox.cgroup;

import io.slipway.linux.Descriptor;
import io.slipway.linux.DescriptorWatcher;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Documentation/admin-guide/cgroup-v2.rst, Memory. */
final class MemoryV2 implements Controller {
    private final boolean countsSwap;

    /** @param countsSwap whether the kernel has a limit of swap */
    MemoryV2(boolean countsSwap) {
        this.countsSwap = countsSwap;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        List<Setting> settings = new ArrayList<>();
        add(settings, "memory.max", from.memory().maxBytes(), to.memory().maxBytes());
        if (countsSwap) {
            add(settings, "memory.swap.max", swap(from), swap(to));
        }
        add(settings, "memory.high", from.memory().highBytes(), to.memory().highBytes());
        return settings;
    }

    private static void add(List<Setting> settings, String file, OptionalLong before, OptionalLong after) {
        if (!before.equals(after)) {
            settings.add(new Setting(file, after.isPresent() ? Long.toString(after.getAsLong()) : "max"));
        }
    }

    private static OptionalLong swap(Limits limits) {
        return limits.memory().maxBytes().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(limits.memory().swapBytes().orElse(0));
    }

    /** Version 1 says EBUSY to a limit below what is in use; version 2 takes it and kills. */
    @Override
    public void check(CgroupDirectory group, Limits to) throws IOException {
        long max = to.memory().maxBytes().orElse(Long.MAX_VALUE);
        KeyedText stat = group.keyed("memory.stat");
        long droppable = stat.number("active_file") + stat.number("inactive_file") + stat.number("slab_reclaimable");
        long held = group.number("memory.current") - droppable;
        if (held > max) {
            throw new IOException("memory cannot be limited to " + MemoryLimits.size(max) + ": "
                    + MemoryLimits.size(held) + " are in use that cannot be taken back, and the kernel would kill; "
                    + "ask for more, or restart the container with the limit");
        }
    }

    @Override
    public Oom oom(CgroupDirectory group) {
        KeyedText events = group.keyed("memory.events");
        boolean met = events.number("oom") > 0;
        return new Oom(events.number("oom_kill"), met ? group.optional("memory.max") : OptionalLong.empty());
    }

    /** It has news of every change of the file, not of kills alone (cgroup-v2.rst, memory.events). */
    @Override
    public Optional<OomNews> oomNews(CgroupDirectory group) throws SyscallException {
        Descriptor events = Syscalls.open(group.path().resolve("memory.events"), Syscalls.O_RDONLY, 0);
        return Optional.of(new OomNews(events, DescriptorWatcher.News.FILE));
    }

    @Override
    public void account(CgroupDirectory group, Account account) {
        long used = group.number("memory.current");
        KeyedText events = group.keyed("memory.events");
        account.memory = new Stats.Memory(
                Math.max(0, used - group.keyed("memory.stat").number("inactive_file")),
                used,
                group.optional("memory.peak"),
                group.optional("memory.max"),
                group.number("memory.swap.current"),
                events.number("max"),
                events.number("oom_kill"));
    }
}
