package io.slipway.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stops a process after each system call of any of its threads, whoever made it, and kills it after a given one of those that changed something: the
 * call is done, the program does not learn of it (ptrace(2)). Children are not traced, and go on undisturbed. Belongs to one platform thread,
 * which must have no children of its own; nor may the process be a child of this JVM, whose reaper would take its stops for its end.
 */
final class CallTracer {
    private static final int TRACE_PTRACE_X86 = 101;
    private static final int TRACE_PTRACE_AARCH64 = 117;
    private static final int PTRACE_SYSCALL = 24;
    private static final int PTRACE_SEIZE = 0x4206;
    private static final int PTRACE_INTERRUPT = 0x4207;
    private static final int PTRACE_GET_SYSCALL_INFO = 0x420e;
    // A thread is a clone; a child of CLONE_VFORK would be PTRACE_O_TRACEVFORK's.
    private static final int TRACESYSGOOD_TRACECLONE_EXITKILL = 1 | 8 | 0x100000;
    private static final int WALL_NOTHREAD = 0x40000000 | 0x20000000;
    private static final int SIGKILL = 9;
    private static final int SYSCALL_STOP = 5 | 0x80;
    private static final int INFO_BYTES = 88;
    private static final int INFO_VALUES = 24;
    private static final byte ENTRY = 1;
    private static final byte EXIT = 2;
    private final int pid;
    private final int dieAfter;
    private final Map<Long, String> names = KernelHeaders.names();
    private final Map<Integer, TracedCall> begun = new HashMap<>();
    private final List<String> changes = new ArrayList<>();
    private boolean counting;
    private boolean killed;
    private int status;

    /** What came of it: the changing calls, the last of them that after which it was killed, and its exit code as a shell has it. */
    record Trace(List<String> changes, boolean killed, int exitCode) {}

    /** Lets the process begin with what is counted. */
    interface Begin {
        void run() throws IOException;
    }

    private CallTracer(int pid, int dieAfter) throws IOException {
        this.pid = pid;
        this.dieAfter = dieAfter;
    }

    /** @param dieAfter so many calls that change something from {@code begin} on; 0: not at all */
    static Trace of(int pid, int dieAfter, Begin begin) throws IOException {
        CallTracer tracer = new CallTracer(pid, dieAfter);
        tracer.seize();
        tracer.counting = true;
        begin.run();
        while (tracer.next() != 0) {
            // Until no thread is left.
        }
        int signal = tracer.status & 0x7f;
        int code = signal == 0 ? tracer.status >> 8 & 0xff : 128 + signal;
        return new Trace(List.copyOf(tracer.changes), tracer.killed, code);
    }

    /** Every thread of it; each then stops once, and goes on to its next call. */
    private void seize() throws IOException {
        Set<Integer> seized = new HashSet<>();
        while (seizeNew(seized)) {
            // Those that threads not yet seized have made.
        }
        Set<Integer> running = new HashSet<>(seized);
        while (!running.isEmpty()) {
            running.remove(next());
        }
    }

    private boolean seizeNew(Set<Integer> seized) throws IOException {
        boolean some = false;
        try (var tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks.toList()) {
                int tid = Integer.parseInt(task.getFileName().toString());
                // A new thread of a seized one is seized already, and refuses.
                if (!seized.contains(tid) && ptrace(PTRACE_SEIZE, tid, 0, TRACESYSGOOD_TRACECLONE_EXITKILL) == 0) {
                    ptrace(PTRACE_INTERRUPT, tid, 0, 0);
                    some = seized.add(tid);
                }
            }
        }
        return some;
    }

    /** Waits for one to stop or end, and lets it go on; returns which, or 0 when none is left. */
    private int next() throws IOException {
        byte[] word = new byte[Integer.BYTES];
        int tid = (int) Libc.syscall(SyscallNumber.WAIT4.number(), -1, word, WALL_NOTHREAD, 0, 0);
        if (tid < 0) {
            if (Libc.errno() != Errno.ECHILD) {
                throw new IOException("wait4 for the threads of " + pid + ": errno " + Libc.errno());
            }
            return 0;
        }
        int told = ByteBuffer.wrap(word).order(ByteOrder.nativeOrder()).getInt();
        if ((told & 0xff) == 0x7f) {
            stopped(tid, told >> 8 & 0xff, told >> 16);
        } else if (tid == pid) {
            status = told;
        }
        return tid;
    }

    private void stopped(int tid, int signal, int event) throws IOException {
        if (signal == SYSCALL_STOP) {
            atCall(tid);
        }
        if (!killed) {
            ptrace(PTRACE_SYSCALL, tid, 0, signal == SYSCALL_STOP || event != 0 ? 0 : signal);
        }
    }

    private void atCall(int tid) throws IOException {
        try (NativeArena arena = NativeArena.open()) {
            NativeArena.Block info = arena.allocate(INFO_BYTES);
            ptrace(PTRACE_GET_SYSCALL_INFO, tid, INFO_BYTES, info.address());
            ByteBuffer values = info.view();
            if (values.get(0) == ENTRY) {
                long number = values.getLong(INFO_VALUES);
                long[] arguments = new long[6];
                for (int i = 0; i < arguments.length; i++) {
                    arguments[i] = values.getLong(INFO_VALUES + (i + 1) * Long.BYTES);
                }
                begun.put(tid, new TracedCall(pid, names.getOrDefault(number, "call " + number), arguments));
            } else if (values.get(0) == EXIT) {
                TracedCall call = begun.remove(tid);
                boolean failed = values.get(INFO_VALUES + Long.BYTES) != 0;
                if (call != null && !failed && counting && !killed && call.changes()) {
                    changed(call);
                }
            }
        }
    }

    private void changed(TracedCall call) {
        changes.add(call.text());
        if (changes.size() == dieAfter) {
            killed = true;
            Libc.kill(pid, SIGKILL);
        }
    }

    private static long ptrace(int request, int tid, long address, long data) {
        int number = Architecture.here() == Architecture.X86_64 ? TRACE_PTRACE_X86 : TRACE_PTRACE_AARCH64;
        // One that was killed meanwhile says so; its end is waited for like any other.
        return Libc.syscall(number, request, tid, address, data, 0);
    }
}
