package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Attributes of a mount that are to be set, the others left as they are (mount_setattr(2)).
 *
 * @param set of the constants here
 * @param recursive also of all that is mounted below
 * @param idMap a user namespace by whose map owners are shown and written (mount_setattr(2), ID-mapped mounts); only once per mount
 */
public record MountAttributes(long set, boolean recursive, Optional<Descriptor> idMap) {
    public static final long RDONLY = 1;
    public static final long NOSUID = 2;
    public static final long NODEV = 4;
    public static final long NOEXEC = 8;
    private static final long IDMAP = 0x100000;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_RECURSIVE = 0x8000;
    private static final int STRUCT_BYTES = 32;
    private static final String[] NAMES = {"RDONLY", "NOSUID", "NODEV", "NOEXEC"};

    public MountAttributes(long set, boolean recursive) {
        this(set, recursive, Optional.empty());
    }

    /** Sets them on a detached tree. */
    public void set(Descriptor tree) throws SyscallException {
        byte[] struct = struct();
        int call = SyscallNumber.MOUNT_SETATTR.number();
        long result = CallLog.call(
                "mount_setattr",
                () -> FileCalls.mountSetattr(call, tree.number(), FileCalls.path(""), flags(), struct, STRUCT_BYTES),
                Argument.descriptor(tree),
                Argument.text(""),
                Argument.flags(flags(), flagsShown()),
                Argument.bytes(struct, shown()),
                Argument.number(STRUCT_BYTES));
        FileCalls.checked(result, "mount_setattr " + shown() + " on", tree.object());
    }

    /** Flags of a call that names the mount by a descriptor. */
    public long flags() {
        return AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    }

    public String flagsShown() {
        return recursive ? "AT_EMPTY_PATH|AT_RECURSIVE" : "AT_EMPTY_PATH";
    }

    /** {@code struct mount_attr}. */
    public byte[] struct() {
        ByteBuffer struct = ByteBuffer.allocate(STRUCT_BYTES).order(ByteOrder.nativeOrder());
        struct.putLong(0, set | (idMap.isPresent() ? IDMAP : 0));
        idMap.ifPresent(namespace -> struct.putLong(24, namespace.number()));
        return struct.array();
    }

    /** As strace(1) would. */
    public String shown() {
        String map = idMap.map(namespace -> ", userns_fd=" + namespace.shown()).orElse("");
        return "{attr_set=" + names() + map + "}";
    }

    /** E.g. {@code MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOSUID}. */
    public String names() {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < NAMES.length; bit++) {
            if ((set >>> bit & 1) == 1) {
                names.add("MOUNT_ATTR_" + NAMES[bit]);
            }
        }
        idMap.ifPresent(namespace -> names.add("MOUNT_ATTR_IDMAP"));
        return names.isEmpty() ? "0" : String.join("|", names);
    }
}
