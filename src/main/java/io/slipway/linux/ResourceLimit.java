package io.slipway.linux;

/** Limits of another process (prlimit(2)). */
public final class ResourceLimit {
    private static final int RLIMIT_BYTES = 16;

    private ResourceLimit() {}

    /** @param soft unsigned, all ones for none */
    public static void set(int pid, int resource, String name, long soft, long hard) throws SyscallException {
        try (NativeArena arena = NativeArena.open()) {
            NativeArena.Block limit = arena.allocate(RLIMIT_BYTES);
            limit.view().putLong(soft).putLong(hard);
            long result = Libc.syscall(SyscallNumber.PRLIMIT64.number(), pid, resource, limit.address(), 0, 0);
            Syscalls.checked(result, "prlimit64", name + " of process " + pid);
        }
    }
}
