package io.slipway.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/** {@code struct msghdr} with descriptors beside its data (SCM_RIGHTS, unix(7)). */
final class DescriptorMessage {
    /** More are refused in one message (include/net/scm.h, SCM_MAX_FD). */
    static final int DESCRIPTORS_MAX = 253;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSGHDR_BYTES = 56;
    private static final int IOVEC_BYTES = 16;
    private static final int PIECES = 16;
    private static final int CONTROL = 32;
    private static final int CMSGHDR_BYTES = 16;

    private DescriptorMessage() {}

    /** One to be sent, in an arena that must stay open until it is. */
    static long of(NativeArena arena, byte[] data, List<Descriptor> descriptors) {
        ProgramMemory.Block control = arena.allocate(controlBytes(descriptors.size()));
        control.view()
                .putLong(CMSGHDR_BYTES + 4L * descriptors.size())
                .putInt(SOL_SOCKET)
                .putInt(SCM_RIGHTS);
        descriptors.forEach(descriptor -> control.view().putInt(descriptor.number()));
        ProgramMemory.Block pieces = arena.allocate(IOVEC_BYTES);
        pieces.view().putLong(arena.bytes(data, 0)).putLong(data.length);
        ProgramMemory.Block header = arena.allocate(MSGHDR_BYTES);
        header.view().putLong(PIECES, pieces.address()).putLong(PIECES + 8, 1);
        header.view()
                .putLong(CONTROL, control.address())
                .putLong(CONTROL + 8, control.view().capacity());
        return header.address();
    }

    /** Room for one of a single byte. */
    static Argument room(int descriptors, String shown) {
        byte[] piece = words(IOVEC_BYTES).putLong(8, 1).array();
        byte[] header = words(MSGHDR_BYTES)
                .putLong(PIECES + 8, 1)
                .putLong(CONTROL + 8, controlBytes(descriptors))
                .array();
        Argument pieces = Argument.pointing(piece, Map.of(0, Argument.bytes(new byte[1], "")), "");
        Argument control = Argument.bytes(new byte[controlBytes(descriptors)], "");
        return Argument.pointing(header, Map.of(PIECES, pieces, CONTROL, control), shown);
    }

    private static int controlBytes(int descriptors) {
        return CMSGHDR_BYTES + (4 * descriptors + 7 & ~7);
    }

    private static ByteBuffer words(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }
}
