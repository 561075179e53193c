package io.slipway.linux;

/** Waiting for a word of memory to change, until who changed it wakes us (futex(2)); a child may be that as long as it shares our memory. */
final class Futex {
    private static final int WAIT_PRIVATE = 128;
    static final int WAKE_PRIVATE = 129;

    private Futex() {}

    /**
     * Returns at once when the word is not {@code known}, else when woken, or after that time, or for no reason at all.
     *
     * @param timespec where there is room for a {@code struct timespec}
     */
    static void await(long address, int known, ProgramMemory.Block timespec, long nanos) {
        timespec.view().putLong(0, nanos / 1_000_000_000).putLong(8, nanos % 1_000_000_000);
        Libc.syscall(SyscallNumber.FUTEX.number(), address, WAIT_PRIVATE, known, timespec.address(), 0);
    }

    static void wake(long address) {
        Libc.syscall(SyscallNumber.FUTEX.number(), address, WAKE_PRIVATE, 1, 0, 0);
    }
}
