package io.slipway.sandbox.cgroup;

import io.slipway.linux.Descriptor;
import io.slipway.linux.DescriptorWatcher;
import io.slipway.linux.SyscallException;
import io.slipway.linux.Syscalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Documentation/admin-guide/cgroup-v1/memory.rst. */
final class MemoryV1 implements Controller {
    private static final long UNLIMITED = -1;
    private static final String MAX = "memory.limit_in_bytes";
    private static final String WITH_SWAP = "memory.memsw.limit_in_bytes";
    private static final String PEAK = "memory.max_usage_in_bytes";
    /** Larger ones fail rather than have something killed (PAGE_ALLOC_COSTLY_ORDER). The counters of failures stay 0 on some kernels. */
    private static final long LARGEST_CHARGE_BYTES = 64 * 1024;

    private static final String EVENTS = "memory.oom_control";
    private final boolean countsSwap;

    /** @param countsSwap whether the kernel has a limit of memory and swap together */
    MemoryV1(boolean countsSwap) {
        this.countsSwap = countsSwap;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public List<Setting> change(Limits from, Limits to) {
        List<Setting> settings = new ArrayList<>();
        OptionalLong before = from.memory().maxBytes();
        OptionalLong after = to.memory().maxBytes();
        OptionalLong swapBefore = from.memory().withSwapBytes();
        OptionalLong swapAfter = to.memory().withSwapBytes();
        if (!before.equals(after)) {
            settings.add(Setting.of(MAX, after.orElse(UNLIMITED)));
        }
        if (countsSwap && !swapBefore.equals(swapAfter)) {
            // Memory alone may never be allowed more than with swap, not even for a moment: EINVAL.
            boolean raised = swapAfter.orElse(Long.MAX_VALUE) > swapBefore.orElse(Long.MAX_VALUE);
            settings.add(raised ? 0 : settings.size(), Setting.of(WITH_SWAP, swapAfter.orElse(UNLIMITED)));
        }
        if (!from.memory().highBytes().equals(to.memory().highBytes())) {
            long high = to.memory().highBytes().orElse(UNLIMITED);
            settings.add(Setting.of("memory.soft_limit_in_bytes", high));
        }
        return settings;
    }

    @Override
    public Oom oom(CgroupDirectory group) {
        long kills = group.keyed(EVENTS).number("oom_kill");
        OptionalLong max = kills == 0 ? OptionalLong.empty() : limit(group.number(MAX));
        boolean met = max.isPresent() && group.number(PEAK) > max.getAsLong() - LARGEST_CHARGE_BYTES;
        return new Oom(kills, met ? max : OptionalLong.empty());
    }

    /** By an eventfd (memory.rst, section 10). It is told before the kill, and not of one for lack of the host's memory. */
    @Override
    public Optional<OomNews> oomNews(CgroupDirectory group) throws SyscallException {
        Descriptor counter = Syscalls.eventCounter("oom of " + group.path().getFileName());
        try (Descriptor control = Syscalls.open(group.path().resolve(EVENTS), Syscalls.O_RDONLY, 0)) {
            group.write("cgroup.event_control", counter.number() + " " + control.number());
            return Optional.of(new OomNews(counter, DescriptorWatcher.News.COUNTER));
        } catch (SyscallException e) {
            counter.close();
            throw e;
        }
    }

    @Override
    public void account(CgroupDirectory group, Account account) {
        long used = group.number("memory.usage_in_bytes");
        KeyedText stat = group.keyed("memory.stat");
        account.memory = new Stats.Memory(
                Math.max(0, used - stat.number("total_inactive_file")),
                used,
                group.optional(PEAK),
                limit(group.number(MAX)),
                stat.number("total_swap"),
                group.number("memory.failcnt") + group.number("memory.memsw.failcnt"),
                group.keyed(EVENTS).number("oom_kill"));
    }

    /** Without one the file holds the largest number of whole pages. */
    private static OptionalLong limit(long bytes) {
        return bytes > Long.MAX_VALUE - (1 << 20) ? OptionalLong.empty() : OptionalLong.of(bytes);
    }
}
