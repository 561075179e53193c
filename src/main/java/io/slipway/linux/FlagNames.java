package io.slipway.linux;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/** Names of the bits of one kind of flags, as strace(1) shows them; values are those of the kernel's headers on this machine. */
public enum FlagNames {
    /** open(2), fcntl(2); include/uapi/asm-generic/fcntl.h. */
    OPEN(
            "O_RDONLY",
            "O_WRONLY",
            01,
            "O_RDWR",
            02,
            "O_CREAT",
            0100,
            "O_EXCL",
            0200,
            "O_NOCTTY",
            0400,
            "O_TRUNC",
            01000,
            "O_APPEND",
            02000,
            "O_NONBLOCK",
            04000,
            "O_DIRECTORY",
            Architecture.here().openDirectory(),
            "O_NOFOLLOW",
            Architecture.here().openNoFollow(),
            "O_CLOEXEC",
            02000000,
            "O_PATH",
            010000000),
    /** mount(2); include/uapi/linux/mount.h. */
    MOUNT(
            "0",
            "MS_RDONLY",
            1,
            "MS_NOSUID",
            2,
            "MS_NODEV",
            4,
            "MS_NOEXEC",
            8,
            "MS_REMOUNT",
            32,
            "MS_BIND",
            4096,
            "MS_MOVE",
            8192,
            "MS_REC",
            16384,
            "MS_UNBINDABLE",
            1 << 17,
            "MS_PRIVATE",
            1 << 18,
            "MS_SLAVE",
            1 << 19,
            "MS_SHARED",
            1 << 20,
            "MS_RELATIME",
            1 << 21),
    /** open_tree(2); include/uapi/linux/mount.h. */
    OPEN_TREE(
            "0", "OPEN_TREE_CLONE", 1, "AT_RECURSIVE", 0x8000, "AT_EMPTY_PATH", 0x1000, "OPEN_TREE_CLOEXEC", 02000000),
    /** memfd_create(2). */
    MEMFD("0", "MFD_CLOEXEC", 1, "MFD_ALLOW_SEALING", 2, "MFD_NOEXEC_SEAL", 8, "MFD_EXEC", 16),
    /** seccomp(2), of SECCOMP_SET_MODE_FILTER. */
    SECCOMP(
            "0",
            "SECCOMP_FILTER_FLAG_LOG",
            2,
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
            4,
            "SECCOMP_FILTER_FLAG_NEW_LISTENER",
            8,
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
            32),
    /** waitid(2). */
    WAIT("0", "WNOHANG", 1, "WEXITED", 4, "WNOWAIT", 0x1000000);

    private final String none;
    private final Map<Long, String> bits = new LinkedHashMap<>();

    FlagNames(String none, Object... namesAndBits) {
        this.none = none;
        for (int i = 0; i < namesAndBits.length; i += 2) {
            bits.put((long) (int) namesAndBits[i + 1], (String) namesAndBits[i]);
        }
    }

    /** E.g. {@code O_WRONLY|O_CLOEXEC}; bits without a name are shown as a number. */
    public String of(long value) {
        StringJoiner names = new StringJoiner("|");
        boolean readsByDefault = this == OPEN && (value & (3 | 010000000)) == 0;
        if (readsByDefault) {
            names.add(none);
        }
        long rest = value;
        for (Map.Entry<Long, String> bit : bits.entrySet()) {
            if ((value & bit.getKey()) != 0) {
                names.add(bit.getValue());
                rest &= ~bit.getKey();
            }
        }
        if (rest != 0) {
            names.add("0x" + Long.toHexString(rest));
        }
        return names.length() == 0 ? none : names.toString();
    }
}
