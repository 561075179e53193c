package io.slipway.linux.netlink;

import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** Network devices of the namespace that a socket belongs to. */
public final class Links {
    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_EXCL_CREATE = 0x200 | 0x400;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_PID = 19;
    private static final int IFLA_STATS64 = 23;
    private static final int IFLA_AF_SPEC = 26;
    private static final int IFLA_INET_CONF = 1;
    /** IPV4_DEVCONF_ of include/uapi/linux/ip.h. */
    private static final int RP_FILTER = 8;

    private static final int ROUTE_LOCALNET = 26;
    private static final int AF_INET = 2;
    /** Within struct rtnl_link_stats64. */
    private static final int RECEIVED_BYTES = 16;

    private static final int SENT_BYTES = 24;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;
    private static final int IFF_UP = 1;
    private static final int IFINFOMSG_BYTES = 16;
    private final NetlinkSocket socket;

    public Links(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** A bridge that is up, with a fixed hardware address: otherwise it changes with its ports, and neighbours' caches go stale. */
    public void createBridge(String name, byte[] hardwareAddress, int mtu) throws IOException {
        NetlinkRequest request = create("create bridge " + name);
        ifinfo(request, 0, IFF_UP)
                .attribute(IFLA_IFNAME, name)
                .attribute(IFLA_ADDRESS, hardwareAddress)
                .attribute(IFLA_MTU, mtu);
        int info = request.begin(IFLA_LINKINFO);
        request.attribute(IFLA_INFO_KIND, "bridge").end(info);
        socket.perform(request);
    }

    /**
     * A pair of connected devices: one here, up, as a port of {@code bridge}; the other in a process's network namespace, down (the kernel cannot
     * open it before the pair is whole: ENOTCONN).
     */
    public void createVeth(String name, Link bridge, int mtu, Peer peer) throws IOException {
        NetlinkRequest request =
                create("create veth " + name + " with " + peer.name() + " in the namespace of pid " + peer.pid());
        ifinfo(request, 0, IFF_UP).attribute(IFLA_IFNAME, name).attribute(IFLA_MASTER, bridge.index());
        request.attribute(IFLA_MTU, mtu);
        int info = request.begin(IFLA_LINKINFO);
        request.attribute(IFLA_INFO_KIND, "veth");
        int data = request.begin(IFLA_INFO_DATA);
        int other = request.begin(VETH_INFO_PEER);
        ifinfo(request, 0, 0)
                .attribute(IFLA_IFNAME, peer.name())
                .attribute(IFLA_ADDRESS, peer.hardwareAddress())
                .attribute(IFLA_MTU, mtu)
                .attribute(IFLA_NET_NS_PID, peer.pid());
        request.end(other).end(data).end(info);
        socket.perform(request);
    }

    public void setUp(int index) throws IOException {
        socket.perform(up(index));
    }

    /** To set a link up, together with other requests. */
    public static NetlinkRequest up(int index) {
        return ifinfo(change("set link " + index + " up"), index, IFF_UP);
    }

    /**
     * Sends packets of the host's own loopback addresses by this link too, and takes only those from it whose sender is behind it (sysctls
     * route_localnet and rp_filter of the link, ip-sysctl.rst).
     */
    public void leadFromLoopback(int index) throws IOException {
        NetlinkRequest request = ifinfo(change("configure link " + index), index, 0);
        int families = request.begin(IFLA_AF_SPEC);
        int inet = request.begin(AF_INET);
        int settings = request.begin(IFLA_INET_CONF);
        request.attribute(RP_FILTER, 1).attribute(ROUTE_LOCALNET, 1);
        socket.perform(request.end(settings).end(inet).end(families));
    }

    /** Does nothing if there is none. */
    public void delete(String name) throws IOException {
        NetlinkRequest request = new NetlinkRequest("delete link " + name, RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK);
        try {
            socket.perform(ifinfo(request, 0, 0).attribute(IFLA_IFNAME, name));
        } catch (SyscallException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }

    public Optional<Link> find(String name) throws IOException {
        return ask(name).map(Links::link);
    }

    private Optional<ByteBuffer> ask(String name) throws IOException {
        NetlinkRequest request = new NetlinkRequest("find link " + name, RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK);
        try {
            return socket.ask(ifinfo(request, 0, 0).attribute(IFLA_IFNAME, name)).stream()
                    .findFirst();
        } catch (SyscallException e) {
            if (e.errno() == Errno.ENODEV) {
                return Optional.empty();
            }
            throw e;
        }
    }

    public List<Link> list() throws IOException {
        NetlinkRequest request = new NetlinkRequest("list links", RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP);
        return socket.ask(ifinfo(request, 0, 0)).stream().map(Links::link).toList();
    }

    /** What has passed a link since it was made; empty if there is none of this name. */
    public Optional<Traffic> traffic(String name) throws IOException {
        return ask(name)
                .map(body -> new NetlinkAttributes(body.position(IFINFOMSG_BYTES)))
                .flatMap(attributes -> attributes.bytes(IFLA_STATS64))
                .map(bytes -> ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()))
                .map(stats -> new Traffic(stats.getLong(RECEIVED_BYTES), stats.getLong(SENT_BYTES)));
    }

    private static NetlinkRequest change(String doing) {
        return new NetlinkRequest(doing, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK);
    }

    private static NetlinkRequest create(String doing) {
        return new NetlinkRequest(doing, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_EXCL_CREATE);
    }

    /** struct ifinfomsg. */
    private static NetlinkRequest ifinfo(NetlinkRequest request, int index, int flags) {
        return request.u8(0).u8(0).u16(0).u32(index).u32(flags).u32(flags);
    }

    private static Link link(ByteBuffer body) {
        int index = body.getInt(4);
        int flags = body.getInt(8);
        NetlinkAttributes attributes = new NetlinkAttributes(body.position(IFINFOMSG_BYTES));
        return new Link(
                index,
                attributes.text(IFLA_IFNAME),
                attributes.nested(IFLA_LINKINFO).text(IFLA_INFO_KIND),
                attributes.u32(IFLA_MASTER, 0),
                (flags & IFF_UP) != 0,
                attributes.u32(IFLA_MTU, 0));
    }

    /** The far end of a veth pair. */
    public record Peer(String name, byte[] hardwareAddress, int pid) {}

    /** Bytes that a link has received from outside, and sent there. */
    public record Traffic(long receivedBytes, long sentBytes) {}
}
