package io.slipway.linux.netlink;

import java.util.Map;

/**
 * An attribute of a message of rtnetlink(7) by its name; numbers are those of include/uapi/linux/if_link.h, if_addr.h, rtnetlink.h and veth.h.
 *
 * @param nested attributes within it, by number; empty unless its kind is a nest
 */
record RouteAttribute(String name, Kind kind, Map<Integer, RouteAttribute> nested) {
    private static final Map<Integer, RouteAttribute> PEER = Map.of(
            1, of("IFLA_ADDRESS", Kind.HARDWARE),
            3, of("IFLA_IFNAME", Kind.TEXT),
            4, of("IFLA_MTU", Kind.NUMBER),
            19, of("IFLA_NET_NS_PID", Kind.NUMBER),
            28, of("IFLA_NET_NS_FD", Kind.NUMBER));

    static final Map<Integer, RouteAttribute> LINK = Map.of(
            1,
            of("IFLA_ADDRESS", Kind.HARDWARE),
            3,
            of("IFLA_IFNAME", Kind.TEXT),
            4,
            of("IFLA_MTU", Kind.NUMBER),
            10,
            of("IFLA_MASTER", Kind.NUMBER),
            18,
            nest(
                    "IFLA_LINKINFO",
                    Map.of(
                            1, of("IFLA_INFO_KIND", Kind.TEXT),
                            2,
                                    nest(
                                            "IFLA_INFO_DATA",
                                            Map.of(1, new RouteAttribute("VETH_INFO_PEER", Kind.LINK, PEER))))),
            19,
            of("IFLA_NET_NS_PID", Kind.NUMBER),
            28,
            of("IFLA_NET_NS_FD", Kind.NUMBER));

    static final Map<Integer, RouteAttribute> ADDRESS = Map.of(
            1, of("IFA_ADDRESS", Kind.ADDRESS),
            2, of("IFA_LOCAL", Kind.ADDRESS),
            3, of("IFA_LABEL", Kind.TEXT),
            4, of("IFA_BROADCAST", Kind.ADDRESS),
            8, of("IFA_FLAGS", Kind.NUMBER));

    static final Map<Integer, RouteAttribute> ROUTE = Map.of(
            1, of("RTA_DST", Kind.ADDRESS),
            4, of("RTA_OIF", Kind.NUMBER),
            5, of("RTA_GATEWAY", Kind.ADDRESS),
            7, of("RTA_PREFSRC", Kind.ADDRESS));

    /** How its bytes are to be read. */
    enum Kind {
        TEXT,
        NUMBER,
        HARDWARE,
        ADDRESS,
        NEST,
        /** struct ifinfomsg, then attributes. */
        LINK,
        UNKNOWN
    }

    static RouteAttribute unknown(int number) {
        return of("attribute " + number, Kind.UNKNOWN);
    }

    private static RouteAttribute of(String name, Kind kind) {
        return new RouteAttribute(name, kind, Map.of());
    }

    private static RouteAttribute nest(String name, Map<Integer, RouteAttribute> nested) {
        return new RouteAttribute(name, Kind.NEST, nested);
    }
}
