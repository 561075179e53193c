package io.slipway.linux;

import com.sun.jna.Function;
import com.sun.jna.Pointer;

/** This machine's interpreter of syscall programs, in one page that is written once and then read and executed only. */
final class MachineCode {
    private static final int PAGE_BYTES = 4096;
    private static final int READ_WRITE = 3;
    private static final int READ_EXECUTE = 5;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final Function SPAWN;
    private static final Function TICKS;
    private static final long FIRST_NANOS;
    private static final long FIRST_TICKS;

    static {
        Interpreter interpreter = Interpreter.of(Architecture.here());
        byte[] code = interpreter.code();
        Pointer page = Libc.mmap(0, PAGE_BYTES, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
        page.write(0, code, 0, code.length);
        // On aarch64 the kernel brings the instruction caches up to date when a page that was written becomes
        // executable.
        if (Libc.mprotect(page, PAGE_BYTES, READ_EXECUTE) != 0) {
            throw new ExceptionInInitializerError("mprotect of the interpreter's page to executable: "
                    + Errno.describe(Libc.errno()) + "; no container can be started on this machine");
        }
        SPAWN = Function.getFunction(page.share(interpreter.offset("spawn")));
        TICKS = Function.getFunction(page.share(interpreter.offset("ticks")));
        FIRST_NANOS = System.nanoTime();
        FIRST_TICKS = ticks();
    }

    private MachineCode() {}

    /** Blocks all signals, clones, restores the caller's mask. The caller is suspended until the child has exec'd or ended. */
    static long spawn(long cloneArguments, long size, long program) {
        return SPAWN.invokeLong(new Object[] {cloneArguments, size, program});
    }

    /** Microseconds of one tick of the counter, by its rate since this class was loaded. */
    static double microsPerTick() {
        long nanos = System.nanoTime() - FIRST_NANOS;
        while (nanos < 1_000_000) {
            Thread.onSpinWait();
            nanos = System.nanoTime() - FIRST_NANOS;
        }
        return nanos / 1e3 / (ticks() - FIRST_TICKS);
    }

    private static long ticks() {
        return TICKS.invokeLong(new Object[0]);
    }
}
