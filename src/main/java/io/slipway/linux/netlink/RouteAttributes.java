package io.slipway.linux.netlink;

import static io.slipway.linux.netlink.MessageAttribute.nest;
import static io.slipway.linux.netlink.MessageAttribute.plain;

import io.slipway.linux.netlink.MessageAttribute.Kind;
import java.util.Map;

/** Attributes of rtnetlink(7) by number: include/uapi/linux/if_link.h, if_addr.h, rtnetlink.h, veth.h and ip.h. */
final class RouteAttributes {
    private static final Map<Integer, MessageAttribute> PEER = Map.of(
            1, plain("IFLA_ADDRESS", Kind.HARDWARE),
            3, plain("IFLA_IFNAME", Kind.TEXT),
            4, plain("IFLA_MTU", Kind.NUMBER),
            19, plain("IFLA_NET_NS_PID", Kind.PROCESS),
            28, plain("IFLA_NET_NS_FD", Kind.NUMBER));

    private static final Map<Integer, MessageAttribute> LINK_INFO = Map.of(
            1, plain("IFLA_INFO_KIND", Kind.TEXT),
            2, nest("IFLA_INFO_DATA", Map.of(1, new MessageAttribute("VETH_INFO_PEER", Kind.LINK, PEER))));

    private static final Map<Integer, MessageAttribute> INET = Map.of(
            1,
            nest(
                    "IFLA_INET_CONF",
                    Map.of(
                            8, plain("IPV4_DEVCONF_RP_FILTER", Kind.NUMBER),
                            26, plain("IPV4_DEVCONF_ROUTE_LOCALNET", Kind.NUMBER))));

    static final Map<Integer, MessageAttribute> LINK = Map.of(
            1, plain("IFLA_ADDRESS", Kind.HARDWARE),
            3, plain("IFLA_IFNAME", Kind.TEXT),
            4, plain("IFLA_MTU", Kind.NUMBER),
            10, plain("IFLA_MASTER", Kind.NUMBER),
            18, nest("IFLA_LINKINFO", LINK_INFO),
            19, plain("IFLA_NET_NS_PID", Kind.PROCESS),
            26, nest("IFLA_AF_SPEC", Map.of(2, nest("AF_INET", INET))),
            28, plain("IFLA_NET_NS_FD", Kind.NUMBER));

    static final Map<Integer, MessageAttribute> ADDRESS = Map.of(
            1, plain("IFA_ADDRESS", Kind.ADDRESS),
            2, plain("IFA_LOCAL", Kind.ADDRESS),
            3, plain("IFA_LABEL", Kind.TEXT),
            4, plain("IFA_BROADCAST", Kind.ADDRESS),
            8, plain("IFA_FLAGS", Kind.NUMBER));

    static final Map<Integer, MessageAttribute> ROUTE = Map.of(
            1, plain("RTA_DST", Kind.ADDRESS),
            4, plain("RTA_OIF", Kind.NUMBER),
            5, plain("RTA_GATEWAY", Kind.ADDRESS),
            7, plain("RTA_PREFSRC", Kind.ADDRESS));

    private RouteAttributes() {}
}
