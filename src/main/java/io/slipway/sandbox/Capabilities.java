package io.slipway.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Capabilities that a container keeps: Docker's default set without MKNOD and AUDIT_WRITE, which a user namespace makes void, and without NET_RAW,
 * which lets a container forge packets of its neighbours on a bridge (capabilities(7)).
 */
final class Capabilities {
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
    private static final List<String> KEPT = List.of(
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
    private static final int VERSION_3 = 0x20080522;

    private Capabilities() {}

    /** Numbers to be dropped from the bounding set. */
    static List<Integer> dropped() {
        return java.util.stream.IntStream.range(0, NAMES.size())
                .filter(number -> !KEPT.contains(NAMES.get(number)))
                .boxed()
                .toList();
    }

    static String name(int number) {
        return NAMES.get(number);
    }

    static byte[] header() {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putInt(VERSION_3)
                .putInt(0)
                .array();
    }

    /** Effective and permitted as kept, inheritable empty; all empty for a user other than root. */
    static byte[] data(boolean root) {
        long kept = 0;
        for (String name : KEPT) {
            kept |= 1L << NAMES.indexOf(name);
        }
        kept = root ? kept : 0;
        ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
        for (int half = 0; half < 2; half++) {
            int bits = (int) (kept >>> (32 * half));
            data.putInt(bits).putInt(bits).putInt(0);
        }
        return data.array();
    }

    static String shown(boolean root) {
        return root ? "{effective=permitted=" + String.join("|", KEPT) + ", inheritable=0}" : "{none}";
    }
}
