package io.slipway.linux.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Routes of the namespace that a socket belongs to. */
public final class Routes {
    private static final int AF_INET = 2;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_GETROUTE = 26;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RTPROT_STATIC = 4;
    private static final int RTN_UNICAST = 1;
    private static final int RTMSG_BYTES = 12;
    private final NetlinkSocket socket;

    public Routes(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** To add a default route, together with other requests. */
    public static NetlinkRequest addingDefault(IpAddress gateway) {
        NetlinkRequest request = new NetlinkRequest(
                "add default route by " + gateway,
                RTM_NEWROUTE,
                Links.NLM_F_REQUEST | Links.NLM_F_ACK | Links.NLM_F_EXCL_CREATE);
        request.u8(gateway.family())
                .u8(0)
                .u8(0)
                .u8(0)
                .u8(RT_TABLE_MAIN)
                .u8(RTPROT_STATIC)
                .u8(0)
                .u8(RTN_UNICAST)
                .u32(0);
        return request.attribute(RTA_GATEWAY, gateway.bytes());
    }

    /** Index of the link by which other machines are reached; 0 if there is none. */
    public int defaultLink() throws IOException {
        return list().stream()
                .filter(body -> body.get(1) == 0 && (body.get(4) & 0xff) == RT_TABLE_MAIN)
                .map(body -> new NetlinkAttributes(
                                body.duplicate().order(body.order()).position(RTMSG_BYTES))
                        .u32(RTA_OIF, 0))
                .findFirst()
                .orElse(0);
    }

    /** Where routes lead to, without the default. */
    public List<Ipv4Network> destinations() throws IOException {
        return list().stream().flatMap(body -> destination(body).stream()).toList();
    }

    private List<ByteBuffer> list() throws IOException {
        NetlinkRequest request =
                new NetlinkRequest("list routes", RTM_GETROUTE, Links.NLM_F_REQUEST | Links.NLM_F_DUMP);
        return socket.ask(
                request.u8(AF_INET).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u32(0));
    }

    private static Optional<Ipv4Network> destination(ByteBuffer body) {
        int prefixLength = body.get(1);
        NetlinkAttributes attributes = new NetlinkAttributes(body.position(RTMSG_BYTES));
        return attributes.bytes(RTA_DST).map(bytes -> Ipv4Network.around(Ipv4.of(bytes), prefixLength));
    }
}
