package io.slipway.linux.netlink;

import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** IPv4 addresses of the namespace that a socket belongs to. */
public final class Addresses {
    private static final int AF_INET = 2;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFADDRMSG_BYTES = 8;
    private final NetlinkSocket socket;

    public Addresses(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Does nothing if the link has the address. */
    public void add(int link, Ipv4 address, Ipv4Network network) throws IOException {
        NetlinkRequest request = new NetlinkRequest(
                "add address " + address + "/" + network.prefixLength() + " to link " + link,
                RTM_NEWADDR,
                Links.NLM_F_REQUEST | Links.NLM_F_ACK | Links.NLM_F_EXCL_CREATE);
        request.u8(AF_INET).u8(network.prefixLength()).u8(0).u8(0).u32(link);
        request.attribute(IFA_LOCAL, address.bytes()).attribute(IFA_ADDRESS, address.bytes());
        request.attribute(IFA_BROADCAST, network.last().bytes());
        try {
            socket.perform(request);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    /** The networks in which this host has addresses. */
    public List<Ipv4Network> networks() throws IOException {
        NetlinkRequest request =
                new NetlinkRequest("list addresses", RTM_GETADDR, Links.NLM_F_REQUEST | Links.NLM_F_DUMP);
        return socket.ask(request.u8(AF_INET).u8(0).u8(0).u8(0).u32(0)).stream()
                .flatMap(body -> network(body).stream())
                .toList();
    }

    private static Optional<Ipv4Network> network(ByteBuffer body) {
        int prefixLength = body.get(1);
        NetlinkAttributes attributes = new NetlinkAttributes(body.position(IFADDRMSG_BYTES));
        return attributes.bytes(IFA_ADDRESS).map(bytes -> Ipv4Network.around(Ipv4.of(bytes), prefixLength));
    }
}
