package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** A detached mount, made here with our rights and moved by a child to its place (open_tree(2), fsmount(2), mount_setattr(2)). */
public final class MountTree {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int FSOPEN_CLOEXEC = 1;
    private static final int FSCONFIG_SET_FLAG = 0;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int FSMOUNT_CLOEXEC = 1;
    private static final long IDMAP = 0x100000;
    private static final int ATTR_BYTES = 32;

    private MountTree() {}

    /** A copy of what is mounted at a path. */
    public static Descriptor copy(Path path, boolean below) throws SyscallException {
        return Syscalls.openTree(path, below);
    }

    /**
     * A new file system.
     *
     * @param options as for mount(8), {@code name=value} or a name alone, separated by commas
     * @param attributes MOUNT_ATTR_... of its mount
     */
    public static Descriptor make(String type, String options, long attributes) throws SyscallException {
        long context = Libc.syscall(SyscallNumber.FSOPEN.number(), Libc.path(type), FSOPEN_CLOEXEC, 0, 0, 0);
        try (Descriptor fs = new Descriptor(Syscalls.checked(context, "fsopen", type), type)) {
            for (String option : options.isEmpty() ? new String[0] : options.split(",")) {
                configure(fs, option);
            }
            long made = Libc.syscall(SyscallNumber.FSCONFIG.number(), fs.number(), FSCONFIG_CMD_CREATE, 0L, 0, 0);
            Syscalls.checked(made, "fsconfig FSCONFIG_CMD_CREATE", type);
            long tree = Libc.syscall(SyscallNumber.FSMOUNT.number(), fs.number(), FSMOUNT_CLOEXEC, attributes, 0, 0);
            return new Descriptor(Syscalls.checked(tree, "fsmount", type), type);
        }
    }

    private static void configure(Descriptor fs, String option) throws SyscallException {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        try (NativeArena arena = NativeArena.open()) {
            long value = equals < 0 ? 0 : arena.string(option.substring(equals + 1));
            int command = equals < 0 ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
            long set =
                    Libc.syscall(SyscallNumber.FSCONFIG.number(), fs.number(), command, arena.string(name), value, 0);
            Syscalls.checked(set, "fsconfig " + option, fs.object());
        }
    }

    /**
     * Sets and clears attributes (MOUNT_ATTR_...), and the kind of propagation (MS_PRIVATE, ...; 0 leaves it).
     *
     * @param below whether the mounts below are changed too
     */
    public static void change(Descriptor tree, long set, long clear, long propagation, boolean below)
            throws SyscallException {
        change(tree, set, clear, propagation, 0, below);
    }

    /** Shows its files' ids as a user namespace maps them, e.g. host's id 0 as what 0 is in the namespace. */
    public static void map(Descriptor tree, Descriptor userNamespace, boolean below) throws SyscallException {
        change(tree, IDMAP, 0, 0, userNamespace.number(), below);
    }

    private static void change(
            Descriptor tree, long set, long clear, long propagation, long userNamespace, boolean below)
            throws SyscallException {
        try (NativeArena arena = NativeArena.open()) {
            NativeArena.Block block = arena.allocate(ATTR_BYTES);
            block.view().put(attributes(set, clear, propagation, userNamespace));
            long result = Libc.syscall(
                    SyscallNumber.MOUNT_SETATTR.number(),
                    tree.number(),
                    Libc.path(""),
                    AT_EMPTY_PATH | (below ? AT_RECURSIVE : 0),
                    block.address(),
                    ATTR_BYTES);
            Syscalls.checked(result, "mount_setattr", tree.object());
        }
    }

    /** {@code struct mount_attr}. */
    public static byte[] attributes(long set, long clear, long propagation, long userNamespace) {
        return ByteBuffer.allocate(ATTR_BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(set)
                .putLong(clear)
                .putLong(propagation)
                .putLong(userNamespace)
                .array();
    }
}
