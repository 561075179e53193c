package io.slipway.sandbox.oci;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** {@code process.scheduler} (sched_setattr(2)); times in nanoseconds. */
record Scheduler(int policy, int nice, int priority, long flags, long runtime, long deadline, long period) {
    private static final int ATTR_BYTES = 48;
    /** By number (include/uapi/linux/sched.h); 4 is SCHED_ISO, which the kernel does not have. */
    private static final List<String> POLICIES = List.of(
            "SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE");

    private static final List<String> FLAGS = List.of(
            "SCHED_FLAG_RESET_ON_FORK",
            "SCHED_FLAG_RECLAIM",
            "SCHED_FLAG_DL_OVERRUN",
            "SCHED_FLAG_KEEP_POLICY",
            "SCHED_FLAG_KEEP_PARAMS",
            "SCHED_FLAG_UTIL_CLAMP_MIN",
            "SCHED_FLAG_UTIL_CLAMP_MAX");

    static Optional<Scheduler> parse(Node node) throws ConfigException {
        if (!node.present()) {
            return Optional.empty();
        }
        int policy = POLICIES.indexOf(node.at("policy").text());
        if (policy < 0 || POLICIES.get(policy).equals("SCHED_ISO")) {
            throw node.at("policy")
                    .wrong("name one of SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE, SCHED_DEADLINE");
        }
        long flags = 0;
        for (Node flag : node.at("flags").list()) {
            int bit = FLAGS.indexOf(flag.text());
            if (bit < 0) {
                throw flag.wrong("name one of " + String.join(", ", FLAGS));
            }
            flags |= 1L << bit;
        }
        return Optional.of(new Scheduler(
                policy,
                (int) node.at("nice").optionalInteger(-20, 19).orElse(0),
                (int) node.at("priority").optionalInteger(0, 99).orElse(0),
                flags,
                node.at("runtime").optionalInteger(0, Long.MAX_VALUE).orElse(0),
                node.at("deadline").optionalInteger(0, Long.MAX_VALUE).orElse(0),
                node.at("period").optionalInteger(0, Long.MAX_VALUE).orElse(0)));
    }

    /** {@code struct sched_attr}. */
    byte[] attributes() {
        return ByteBuffer.allocate(ATTR_BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(ATTR_BYTES)
                .putInt(policy)
                .putLong(flags)
                .putInt(nice)
                .putInt(priority)
                .putLong(runtime)
                .putLong(deadline)
                .putLong(period)
                .array();
    }
}
