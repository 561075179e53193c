package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An executable that a container's root runs against whatever joins the container: a loop over process numbers, without a pause. */
public final class HostileExecutable {
    private static final int ENTRY_STEP = 7;
    private static final int PTRACE_ATTACH = 16;
    private static final int SIGSTOP = 19;
    private static final boolean X86 = System.getProperty("os.arch").equals("amd64");
    private static final long PTRACE = X86 ? 101 : 117;
    private static final long KILL = X86 ? 62 : 129;
    private static final long SCHED_YIELD = X86 ? 24 : 124;

    private HostileExecutable() {}

    /** Traces each process from {@code first} to {@code last}, and never lets it go. */
    public static byte[] tracing(int first, int last) {
        return loop(first, last, PTRACE, PTRACE_ATTACH, true);
    }

    /** Stops each process from {@code first} to {@code last}, again and again. */
    public static byte[] stopping(int first, int last) {
        return loop(first, last, KILL, SIGSTOP, false);
    }

    private static byte[] loop(int first, int last, long call, long what, boolean whatFirst) {
        int steps = ENTRY_STEP + 1 + (last - first + 1) + 1;
        ByteBuffer data = ByteBuffer.allocate(
                        SyscallProgram.HEADER_BYTES + (steps + 1) * SyscallProgram.INSTRUCTION_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        // The interpreter's entry writes into the arguments of step 7, so that does nothing that depends on them.
        for (int i = 0; i <= ENTRY_STEP; i++) {
            put(data, i, SCHED_YIELD, SyscallProgram.MAY_FAIL, 0, 0, 0);
        }
        for (int pid = first; pid <= last; pid++) {
            long one = whatFirst ? what : pid;
            long two = whatFirst ? pid : what;
            put(data, ENTRY_STEP + 1 + pid - first, call, SyscallProgram.MAY_FAIL, 0, one, two);
        }
        put(data, steps - 1, SCHED_YIELD, SyscallProgram.JUMP_IF_ZERO, 0, 0, 0);
        data.putLong(SyscallProgram.HEADER_BYTES + steps * SyscallProgram.INSTRUCTION_BYTES, -1);
        return StaticExecutable.of(Architecture.here(), data.array());
    }

    private static void put(ByteBuffer data, int index, long call, long flags, long offset, long one, long two) {
        int at = SyscallProgram.HEADER_BYTES + index * SyscallProgram.INSTRUCTION_BYTES;
        data.putLong(at, call).putLong(at + 8, one).putLong(at + 16, two);
        data.putLong(at + 64, flags).putLong(at + 72, offset);
    }
}
