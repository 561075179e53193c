package io.slipway.linux.netlink;

import io.slipway.linux.KernelProbe;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.util.Optional;

/** Asks whether the kernel has nftables. Nothing is changed. */
public final class NetfilterProbe {
    /** NFT_MSG_GETGEN of NFNL_SUBSYS_NFTABLES (include/uapi/linux/netfilter/nfnetlink.h, nf_tables.h). */
    private static final int GET_GENERATION = 10 << 8 | 16;

    private static final int NLM_F_REQUEST_ACK = 1 | 4;

    private NetfilterProbe() {}

    public static KernelProbe.Tried nftables() throws IOException {
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkProtocol.NETFILTER)) {
            NetlinkRequest request = new NetlinkRequest("NFT_MSG_GETGEN", GET_GENERATION, NLM_F_REQUEST_ACK);
            socket.ask(request.u8(0).u8(0).u16(0));
            return new KernelProbe.Tried(Optional.empty());
        } catch (SyscallException e) {
            return new KernelProbe.Tried(Optional.of(e.errno()));
        }
    }
}
