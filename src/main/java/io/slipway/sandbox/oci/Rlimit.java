package io.slipway.sandbox.oci;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** One of {@code process.rlimits}; {@code soft} and {@code hard} are unsigned, all ones for no limit (getrlimit(2)). */
record Rlimit(String name, int resource, long soft, long hard) {
    /** By number (include/uapi/asm-generic/resource.h). */
    private static final List<String> NAMES = List.of(
            "RLIMIT_CPU",
            "RLIMIT_FSIZE",
            "RLIMIT_DATA",
            "RLIMIT_STACK",
            "RLIMIT_CORE",
            "RLIMIT_RSS",
            "RLIMIT_NPROC",
            "RLIMIT_NOFILE",
            "RLIMIT_MEMLOCK",
            "RLIMIT_AS",
            "RLIMIT_LOCKS",
            "RLIMIT_SIGPENDING",
            "RLIMIT_MSGQUEUE",
            "RLIMIT_NICE",
            "RLIMIT_RTPRIO",
            "RLIMIT_RTTIME");

    static Rlimit parse(Node node) throws ConfigException {
        String name = node.at("type").text();
        if (!NAMES.contains(name)) {
            throw node.at("type").wrong("name one of " + String.join(", ", NAMES));
        }
        Rlimit limit = new Rlimit(
                name,
                NAMES.indexOf(name),
                node.at("soft").unsigned(),
                node.at("hard").unsigned());
        if (Long.compareUnsigned(limit.soft, limit.hard) > 0) {
            throw node.at("soft").wrong("give at most the hard limit, " + Long.toUnsignedString(limit.hard));
        }
        return limit;
    }

    /** {@code struct rlimit}. */
    byte[] structure() {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(soft)
                .putLong(hard)
                .array();
    }

    String shown() {
        return "{" + Long.toUnsignedString(soft) + ", " + Long.toUnsignedString(hard) + "}";
    }
}
