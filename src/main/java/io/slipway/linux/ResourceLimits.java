package io.slipway.linux;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Upper bounds of another process (prlimit(2)). */
public final class ResourceLimits {
    private static final int STRUCT_BYTES = 16;
    private static final int HARD = 8;

    static {
        Native.register("c");
    }

    private ResourceLimits() {}

    private static native int prlimit64(int pid, int resource, byte @Nullable [] wanted, byte @Nullable [] now);

    /**
     * Raises a hard limit, which only the host's root may do, so that the process can then set the limit itself; leaves it when it is as high.
     *
     * @param resource number of RLIMIT_*
     * @param hard -1 is unlimited
     */
    public static void raise(int pid, int resource, String name, long hard) throws SyscallException {
        ByteBuffer limit = ByteBuffer.allocate(STRUCT_BYTES).order(ByteOrder.nativeOrder());
        String object = name + " of process " + pid;
        FileCalls.checked(prlimit64(pid, resource, null, limit.array()), "prlimit64", object);
        if (Long.compareUnsigned(limit.getLong(HARD), hard) >= 0) {
            return;
        }
        limit.putLong(HARD, hard);
        long result = CallLog.call(
                "prlimit64",
                () -> prlimit64(pid, resource, limit.array(), null),
                Argument.number(pid),
                Argument.flags(resource, name),
                Argument.bytes(limit.array(), "{rlim_cur=" + limit.getLong(0) + ", rlim_max=" + hard + "}"),
                Argument.none());
        FileCalls.checked(result, "prlimit64", object);
    }
}
