package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Programs of the kernel that decide about device files, for control groups of version 2 (bpf(2); Documentation/admin-guide/cgroup-v2.rst, Device
 * controller).
 */
public final class Bpf {
    private static final int PROG_LOAD = 5;
    private static final int PROG_ATTACH = 8;
    private static final int PROG_QUERY = 16;
    private static final int PROG_TYPE_CGROUP_DEVICE = 15;
    private static final int CGROUP_DEVICE = 6;
    /** A group further down may have another one instead; then only that one is asked. */
    private static final int ALLOW_OVERRIDE = 1;

    private static final int INSTRUCTION_BYTES = 8;
    private static final int LOG_BYTES = 64 * 1024;
    private static final String LICENSE = "Apache-2.0";

    private Bpf() {}

    /**
     * Has a program checked by the kernel and translated.
     *
     * @param instructions of 8 bytes each (Documentation/bpf/standardization/instruction-set.rst)
     * @throws SyscallException EPERM without CAP_BPF or CAP_SYS_ADMIN, EINVAL where the kernel has none of this kind, EACCES when it is refused by
     *     the verifier, with the verifier's words
     */
    public static Descriptor loadDeviceProgram(byte[] instructions) throws SyscallException {
        try (NativeArena arena = NativeArena.open()) {
            long fd = load(arena, instructions, 0, 0);
            if (fd < 0 && Libc.errno() == Errno.EACCES) {
                NativeArena.Block words = arena.allocate(LOG_BYTES);
                fd = load(arena, instructions, words.address(), LOG_BYTES);
                String said = fd < 0 ? text(words.view()) : "";
                return Syscalls.own(Syscalls.checked(fd, "bpf BPF_PROG_LOAD", said), "device program");
            }
            return Syscalls.own(Syscalls.checked(fd, "bpf BPF_PROG_LOAD", "device program"), "device program");
        }
    }

    private static long load(NativeArena arena, byte[] instructions, long log, int logBytes) {
        NativeArena.Block code = arena.allocate(instructions.length);
        code.view().put(instructions);
        // union bpf_attr (include/uapi/linux/bpf.h); what lies behind is zero.
        ByteBuffer attributes = attributes(72)
                .putInt(PROG_TYPE_CGROUP_DEVICE)
                .putInt(instructions.length / INSTRUCTION_BYTES)
                .putLong(code.address())
                .putLong(arena.string(LICENSE))
                .putInt(log == 0 ? 0 : 1)
                .putInt(logBytes)
                .putLong(log)
                .putInt(68, CGROUP_DEVICE);
        return call(PROG_LOAD, "BPF_PROG_LOAD", attributes);
    }

    /** Asks it about every device file from now on, for this group and those below without one of their own; in place of one asked before. */
    public static void attachDeviceProgram(Descriptor program, Descriptor cgroup) throws SyscallException {
        ByteBuffer attributes = attributes(16)
                .putInt(cgroup.number())
                .putInt(program.number())
                .putInt(CGROUP_DEVICE)
                .putInt(ALLOW_OVERRIDE);
        Syscalls.checked(
                call(PROG_ATTACH, "BPF_PROG_ATTACH", attributes),
                "bpf BPF_PROG_ATTACH BPF_CGROUP_DEVICE",
                cgroup.object());
    }

    /** How many programs are attached to this very group. */
    public static int attachedDevicePrograms(Descriptor cgroup) throws SyscallException {
        ByteBuffer attributes = attributes(32).putInt(cgroup.number()).putInt(CGROUP_DEVICE);
        Syscalls.checked(
                call(PROG_QUERY, "BPF_PROG_QUERY", attributes),
                "bpf BPF_PROG_QUERY BPF_CGROUP_DEVICE",
                cgroup.object());
        return attributes.getInt(24);
    }

    private static ByteBuffer attributes(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    private static long call(int command, String name, ByteBuffer attributes) {
        int size = attributes.capacity();
        return CallLog.call(
                "bpf",
                () -> Libc.syscall(SyscallNumber.BPF.number(), command, attributes.array(), size, 0, 0),
                Argument.flags(command, name),
                Argument.bytes(attributes.array(), "{prog_type=BPF_PROG_TYPE_CGROUP_DEVICE}"),
                Argument.number(size));
    }

    private static String text(ByteBuffer words) {
        byte[] bytes = new byte[words.capacity()];
        words.get(0, bytes);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8).strip();
    }
}
