package io.slipway.sandbox;

import io.slipway.base.NearestName;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Names of capabilities (include/uapi/linux/capability.h), and those that a container's root keeps: Docker's default set without MKNOD and AUDIT_WRITE, which a user namespace makes void, and without NET_RAW,
 * which lets a container forge packets of its neighbours on a bridge (capabilities(7)).
 */
public final class Capabilities {
    private static final List<String> NAMES = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_DAC_READ_SEARCH",
            "CAP_FOWNER",
            "CAP_FSETID",
            "CAP_KILL",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETPCAP",
            "CAP_LINUX_IMMUTABLE",
            "CAP_NET_BIND_SERVICE",
            "CAP_NET_BROADCAST",
            "CAP_NET_ADMIN",
            "CAP_NET_RAW",
            "CAP_IPC_LOCK",
            "CAP_IPC_OWNER",
            "CAP_SYS_MODULE",
            "CAP_SYS_RAWIO",
            "CAP_SYS_CHROOT",
            "CAP_SYS_PTRACE",
            "CAP_SYS_PACCT",
            "CAP_SYS_ADMIN",
            "CAP_SYS_BOOT",
            "CAP_SYS_NICE",
            "CAP_SYS_RESOURCE",
            "CAP_SYS_TIME",
            "CAP_SYS_TTY_CONFIG",
            "CAP_MKNOD",
            "CAP_LEASE",
            "CAP_AUDIT_WRITE",
            "CAP_AUDIT_CONTROL",
            "CAP_SETFCAP",
            "CAP_MAC_OVERRIDE",
            "CAP_MAC_ADMIN",
            "CAP_SYSLOG",
            "CAP_WAKE_ALARM",
            "CAP_BLOCK_SUSPEND",
            "CAP_AUDIT_READ",
            "CAP_PERFMON",
            "CAP_BPF",
            "CAP_CHECKPOINT_RESTORE");

    /** What root keeps. */
    public static final List<String> DEFAULT = List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FOWNER",
            "CAP_FSETID",
            "CAP_KILL",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETPCAP",
            "CAP_NET_BIND_SERVICE",
            "CAP_SYS_CHROOT",
            "CAP_SETFCAP");

    private Capabilities() {}

    public static boolean isKnown(String name) {
        return NAMES.contains(name);
    }

    /**
     * As the kernel's headers write it.
     *
     * @param name in any case, with or without {@code CAP_}
     * @throws IllegalArgumentException if there is none of that name
     */
    public static String known(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String full = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
        if (!NAMES.contains(full)) {
            throw new IllegalArgumentException("there is no capability '" + name + "'"
                    + NearestName.question(full, NAMES) + " See capabilities(7).");
        }
        return full;
    }

    /** All that there are. */
    public static List<String> all() {
        return NAMES;
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public static int number(String name) {
        return NAMES.indexOf(known(name));
    }

    public static String name(int number) {
        return NAMES.get(number);
    }

    /** How many this runtime knows by name; they are numbered from 0. */
    public static int count() {
        return NAMES.size();
    }

    /** As a set of bits, the lowest for number 0. */
    static long mask(List<String> names) {
        return names.stream().mapToLong(name -> 1L << number(name)).reduce(0, (a, b) -> a | b);
    }

    public static List<String> names(long mask) {
        return IntStream.range(0, NAMES.size())
                .filter(number -> (mask >>> number & 1) == 1)
                .mapToObj(NAMES::get)
                .toList();
    }
}
