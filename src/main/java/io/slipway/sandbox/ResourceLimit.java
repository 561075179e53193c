package io.slipway.sandbox;

import io.slipway.base.NearestName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An upper bound of each process of a container (getrlimit(2)). Of those for all of it together see {@link Limits}.
 *
 * @param name in lower case and without RLIMIT, e.g. {@code nofile}
 * @param soft what holds; a process may raise its own up to {@code hard}
 * @param hard at least {@code soft}; in the resource's own unit, as bytes or seconds of cpu; {@link #UNLIMITED} is -1
 */
public record ResourceLimit(String name, long soft, long hard) {
    public static final long UNLIMITED = -1;

    /** By their numbers (include/uapi/asm-generic/resource.h). */
    private static final List<String> NAMES = List.of(
            "cpu",
            "fsize",
            "data",
            "stack",
            "core",
            "rss",
            "nproc",
            "nofile",
            "memlock",
            "as",
            "locks",
            "sigpending",
            "msgqueue",
            "nice",
            "rtprio",
            "rttime");

    private static final int STRUCT_BYTES = 16;
    private static final int FILES_TO_START = 64;

    public ResourceLimit {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "there is no resource limit '" + name + "'" + NearestName.question(name, NAMES) + " Known are "
                            + String.join(", ", NAMES) + " (getrlimit(2)).");
        }
        if (soft < UNLIMITED || hard < UNLIMITED || Long.compareUnsigned(soft, hard) > 0) {
            throw new IllegalArgumentException("resource limit " + name + ": the soft limit " + shown(soft)
                    + " is above the hard one, " + shown(hard) + ", or one is negative");
        }
    }

    /** What every process of a container has, unless it is asked for otherwise. */
    static final List<ResourceLimit> DEFAULTS = List.of(
            new ResourceLimit("core", 0, 0),
            new ResourceLimit("nofile", 65_536, 65_536),
            new ResourceLimit("stack", 8 << 20, UNLIMITED));

    /** Of the numbers that descriptors have. */
    boolean isOfOpenFiles() {
        return name.equals("nofile");
    }

    /** The limit for what has files to open before its application has it: the upper bound alone, and not even that where it is too low for it. */
    Optional<ResourceLimit> whileOpening() {
        if (!isOfOpenFiles()) {
            return Optional.of(this);
        }
        boolean enough = hard == UNLIMITED || hard >= FILES_TO_START;
        return enough ? Optional.of(new ResourceLimit(name, hard, hard)) : Optional.empty();
    }

    /** Of the size that a file may get by what a process writes. */
    boolean isOfFiles() {
        return name.equals("fsize");
    }

    /** The number in a call. */
    int number() {
        return NAMES.indexOf(name);
    }

    /** {@code RLIMIT_NOFILE}. */
    String constant() {
        return "RLIMIT_" + name.toUpperCase(Locale.ROOT);
    }

    /** {@code struct rlimit64}. */
    byte[] struct() {
        return ByteBuffer.allocate(STRUCT_BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(soft)
                .putLong(hard)
                .array();
    }

    String shown() {
        return "{rlim_cur=" + shown(soft) + ", rlim_max=" + shown(hard) + "}";
    }

    private static String shown(long value) {
        return value == UNLIMITED ? "infinity" : Long.toString(value);
    }
}
