package io.slipway.linux.netlink;

import io.slipway.linux.Errno;
import io.slipway.linux.KernelProbe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Asks whether the kernel has nftables. Nothing is changed. */
public final class NetfilterProbe {
    private static final int NETLINK_NETFILTER = 12;
    /** NFT_MSG_GETGEN of NFNL_SUBSYS_NFTABLES (include/uapi/linux/netfilter/nfnetlink.h, nf_tables.h). */
    private static final int GET_GENERATION = 10 << 8 | 16;

    private static final int NLM_F_REQUEST_ACK = 1 | 4;
    private static final int NLMSG_ERROR = 2;
    private static final int MESSAGE_BYTES = 20;
    private static final int TYPE_OFFSET = 4;
    private static final int ERROR_OFFSET = 16;

    private NetfilterProbe() {}

    public static KernelProbe.Tried nftables() throws IOException {
        int fd = SocketCalls.socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW_CLOEXEC, NETLINK_NETFILTER);
        if (fd < 0) {
            return new KernelProbe.Tried(Optional.of(com.sun.jna.Native.getLastError()));
        }
        try {
            ByteBuffer request = ByteBuffer.allocate(MESSAGE_BYTES).order(ByteOrder.nativeOrder());
            request.putInt(MESSAGE_BYTES).putShort((short) GET_GENERATION).putShort((short) NLM_F_REQUEST_ACK);
            SocketCalls.checked(SocketCalls.send(fd, request.array(), MESSAGE_BYTES, 0), "send", "NFT_MSG_GETGEN");
            byte[] answer = new byte[4096];
            long count = SocketCalls.checked(SocketCalls.recv(fd, answer, answer.length, 0), "recv", "NFT_MSG_GETGEN");
            return judge(ByteBuffer.wrap(answer, 0, (int) count).order(ByteOrder.nativeOrder()));
        } finally {
            SocketCalls.close(fd);
        }
    }

    /** An error, or the generation. */
    private static KernelProbe.Tried judge(ByteBuffer answer) {
        if (answer.limit() < ERROR_OFFSET + Integer.BYTES) {
            return new KernelProbe.Tried(Optional.of(Errno.EIO));
        }
        int error = answer.getShort(TYPE_OFFSET) == NLMSG_ERROR ? -answer.getInt(ERROR_OFFSET) : 0;
        return new KernelProbe.Tried(error == 0 ? Optional.empty() : Optional.of(error));
    }
}
