package io.slipway.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The sets of a process (capabilities(7)), as bits by {@link Capabilities#number}. */
record CapabilitySets(long bounding, long effective, long permitted, long inheritable) {
    private static final int VERSION_3 = 0x20080522;
    private static final int HEADER_BYTES = 8;
    private static final int DATA_BYTES = 24;

    /** Root has all that is kept; another user none, and can get none by executing a file, as the container has no_new_privs. */
    static CapabilitySets of(Privileges privileges, int uid) {
        long kept = Capabilities.mask(privileges.capabilities());
        long held = uid == 0 ? kept : 0;
        return new CapabilitySets(kept, held, held, 0);
    }

    /** {@code struct __user_cap_header_struct} for the calling process (capset(2)). */
    static byte[] header() {
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(VERSION_3)
                .putInt(0)
                .array();
    }

    /** Two {@code struct __user_cap_data_struct}, the lower 32 capabilities first. */
    byte[] data() {
        ByteBuffer data = ByteBuffer.allocate(DATA_BYTES).order(ByteOrder.nativeOrder());
        for (int half = 0; half < 2; half++) {
            int shift = 32 * half;
            data.putInt((int) (effective >>> shift))
                    .putInt((int) (permitted >>> shift))
                    .putInt((int) (inheritable >>> shift));
        }
        return data.array();
    }

    String shown() {
        String held = effective == permitted
                ? "effective=permitted=" + shown(effective)
                : "effective=" + shown(effective) + ", permitted=" + shown(permitted);
        return "{" + held + ", inheritable=" + shown(inheritable) + "}";
    }

    private static String shown(long mask) {
        return mask == 0 ? "0" : String.join("|", Capabilities.names(mask));
    }
}
