package io.slipway.sandbox.oci;

import java.util.OptionalLong;

/** {@code linux.resources.memory}: bytes, -1 for no limit. */
final class MemoryResources {
    private static final long MAX = Long.MAX_VALUE;
    private final Sink first;
    private final Sink second;

    /** Takes a controller, its files, a value, and where it comes from. */
    interface Sink {
        void add(String controller, String files, String value, String source);
    }

    MemoryResources(Sink first, Sink second) {
        this.first = first;
        this.second = second;
    }

    void read(Node memory) throws ConfigException {
        if (!memory.present()) {
            return;
        }
        Node limit = memory.at("limit");
        Node swap = memory.at("swap");
        bytes(limit, "memory.limit_in_bytes", "memory.max");
        bytes(memory.at("reservation"), "memory.soft_limit_in_bytes", "memory.low");
        swap(limit, swap);
        bytes(memory.at("kernelTCP"), "memory.kmem.tcp.limit_in_bytes", "");
        // 'kernel' is deprecated by the specification, and the kernel no longer has it.
        memory.at("kernel").optionalInteger(Long.MIN_VALUE, MAX);
        Node swappiness = memory.at("swappiness");
        if (swappiness.present()) {
            String value = Long.toString(swappiness.integer(0, 100));
            first.add("memory", "memory.swappiness", value, swappiness.path());
        }
        if (memory.at("disableOOMKiller").flag()) {
            first.add(
                    "memory",
                    "memory.oom_control",
                    "1",
                    memory.at("disableOOMKiller").path());
        }
        if (memory.at("useHierarchy").flag()) {
            first.add(
                    "memory",
                    "memory.use_hierarchy",
                    "1",
                    memory.at("useHierarchy").path());
        }
    }

    /** The limit, if it is to be compared with what is in use before an update sets it. */
    static OptionalLong checked(Node memory) throws ConfigException {
        boolean check = memory.at("checkBeforeUpdate").flag();
        OptionalLong limit = memory.at("limit").optionalInteger(-1, MAX);
        return check && limit.orElse(0) > 0 ? limit : OptionalLong.empty();
    }

    private void bytes(Node from, String file, String unifiedFile) throws ConfigException {
        if (!from.present()) {
            return;
        }
        long bytes = from.integer(-1, MAX);
        // 0 is what Go writes for 'not given'.
        if (bytes != 0) {
            first.add("memory", file, Long.toString(bytes), from.path());
            if (!unifiedFile.isEmpty()) {
                second.add("memory", unifiedFile, bytes < 0 ? "max" : Long.toString(bytes), from.path());
            }
        }
    }

    /** Of memory and swap together; version 2 counts swap alone. */
    private void swap(Node limit, Node swap) throws ConfigException {
        long both = swap.optionalInteger(-1, MAX).orElse(0);
        if (both == 0) {
            return;
        }
        long memory = limit.optionalInteger(-1, MAX).orElse(0);
        if (both > 0 && (memory <= 0 || both < memory)) {
            throw swap.wrong("it is memory and swap together, so give memory.limit too, and at least that");
        }
        first.add("memory", "memory.memsw.limit_in_bytes", Long.toString(both), swap.path());
        second.add("memory", "memory.swap.max", both < 0 ? "max" : Long.toString(both - memory), swap.path());
    }
}
