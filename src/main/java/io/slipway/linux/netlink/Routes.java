package io.slipway.linux.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** IPv4 routes of the namespace that a socket belongs to. */
public final class Routes {
    private static final int AF_INET = 2;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_GETROUTE = 26;
    private static final int RTA_DST = 1;
    private static final int RTA_GATEWAY = 5;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RTPROT_STATIC = 4;
    private static final int RTN_UNICAST = 1;
    private static final int RTMSG_BYTES = 12;
    private final NetlinkSocket socket;

    public Routes(NetlinkSocket socket) {
        this.socket = socket;
    }

    public void addDefault(Ipv4 gateway) throws IOException {
        NetlinkRequest request = new NetlinkRequest(
                "add default route by " + gateway,
                RTM_NEWROUTE,
                Links.NLM_F_REQUEST | Links.NLM_F_ACK | Links.NLM_F_EXCL_CREATE);
        request.u8(AF_INET)
                .u8(0)
                .u8(0)
                .u8(0)
                .u8(RT_TABLE_MAIN)
                .u8(RTPROT_STATIC)
                .u8(0)
                .u8(RTN_UNICAST)
                .u32(0);
        socket.perform(request.attribute(RTA_GATEWAY, gateway.bytes()));
    }

    /** Where routes lead to, without the default. */
    public List<Ipv4Network> destinations() throws IOException {
        NetlinkRequest request =
                new NetlinkRequest("list routes", RTM_GETROUTE, Links.NLM_F_REQUEST | Links.NLM_F_DUMP);
        request.u8(AF_INET).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u32(0);
        return socket.ask(request).stream()
                .flatMap(body -> destination(body).stream())
                .toList();
    }

    private static Optional<Ipv4Network> destination(ByteBuffer body) {
        int prefixLength = body.get(1);
        NetlinkAttributes attributes = new NetlinkAttributes(body.position(RTMSG_BYTES));
        return attributes.bytes(RTA_DST).map(bytes -> Ipv4Network.around(Ipv4.of(bytes), prefixLength));
    }
}
