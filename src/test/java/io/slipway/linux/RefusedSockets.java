package io.slipway.linux;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Makes the kernel answer as one that lacks a netlink protocol, to one thread and those that it starts: by a seccomp filter, which stays. */
public final class RefusedSockets {
    private static final int SET_MODE_FILTER = 1;
    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int ALLOW = 0x7fff0000;
    private static final int REFUSE = 0x00050000;
    /** In struct seccomp_data: the call's number, and the third argument's lower half on little-endian machines. */
    private static final int NUMBER = 0;

    private static final int THIRD_ARGUMENT = 32;
    private static final int AARCH64_SOCKET = 198;
    private static final int X86_64_SOCKET = 41;

    private RefusedSockets() {}

    /** socket(2) of a netlink protocol fails with this errno from now on. */
    public static void ofProtocol(int protocol, int errno) throws IOException {
        int socket = System.getProperty("os.arch").equals("aarch64") ? AARCH64_SOCKET : X86_64_SOCKET;
        int[][] program = {
            {LOAD_WORD, 0, 0, NUMBER},
            {JUMP_IF_EQUAL, 0, 3, socket},
            {LOAD_WORD, 0, 0, THIRD_ARGUMENT},
            {JUMP_IF_EQUAL, 0, 1, protocol},
            {RETURN, 0, 0, REFUSE | errno},
            {RETURN, 0, 0, ALLOW},
        };
        try (NativeArena arena = NativeArena.open()) {
            NativeArena.Block code = arena.allocate(program.length * Long.BYTES);
            ByteBuffer view = code.view();
            for (int[] one : program) {
                view.putShort((short) one[0])
                        .put((byte) one[1])
                        .put((byte) one[2])
                        .putInt(one[3]);
            }
            NativeArena.Block head = arena.allocate(2 * Long.BYTES);
            head.view().putShort(0, (short) program.length).putLong(Long.BYTES, code.address());
            Syscalls.checked(
                    Libc.syscall(SyscallNumber.SECCOMP.number(), SET_MODE_FILTER, 0, head.address(), 0, 0),
                    "seccomp",
                    "of this thread");
        }
    }
}
