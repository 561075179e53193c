package io.slipway.linux.netlink;

import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Addresses of the namespace that a socket belongs to. */
public final class Addresses {
    private static final int AF_INET = 2;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_F_NODAD = 2;
    private static final int IFADDRMSG_BYTES = 8;
    private final NetlinkSocket socket;

    public Addresses(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Does nothing if the link has the address. */
    public void add(int link, IpAddress address, int prefixLength) throws IOException {
        try {
            socket.perform(adding(link, address, prefixLength));
        } catch (SyscallException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
    }

    /** To add an address, together with other requests. */
    public static NetlinkRequest adding(int link, IpAddress address, int prefixLength) {
        NetlinkRequest request = new NetlinkRequest(
                "add address " + address + "/" + prefixLength + " to link " + link,
                RTM_NEWADDR,
                Links.NLM_F_REQUEST | Links.NLM_F_ACK | Links.NLM_F_EXCL_CREATE);
        // We know that nobody else has it, and it is to be used at once.
        int flags = address instanceof Ipv6 ? IFA_F_NODAD : 0;
        request.u8(address.family()).u8(prefixLength).u8(flags).u8(0).u32(link);
        request.attribute(IFA_LOCAL, address.bytes()).attribute(IFA_ADDRESS, address.bytes());
        if (address instanceof Ipv4 four) {
            Ipv4 last = Ipv4Network.around(four, prefixLength).last();
            request.attribute(IFA_BROADCAST, last.bytes());
        }
        return request;
    }

    /** The networks of IPv4 in which this host has addresses. */
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
