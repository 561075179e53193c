package io.slipway.linux.netlink;

import java.nio.ByteBuffer;
import java.util.Map;

/** Messages to or from the kernel's NETLINK_ROUTE family, shown by the names of rtnetlink(7). */
record RouteMessage(byte[] bytes) implements MessageText.Dialect {
    private static final Map<Integer, String> TYPES = Map.of(
            16, "RTM_NEWLINK",
            17, "RTM_DELLINK",
            18, "RTM_GETLINK",
            20, "RTM_NEWADDR",
            21, "RTM_DELADDR",
            22, "RTM_GETADDR",
            24, "RTM_NEWROUTE",
            25, "RTM_DELROUTE",
            26, "RTM_GETROUTE");

    String shown() {
        return MessageText.of(bytes, this);
    }

    @Override
    public String type(int type) {
        return TYPES.getOrDefault(type, "type " + type);
    }

    @Override
    public boolean asks(int type) {
        return type == 18 || type == 22 || type == 26;
    }

    @Override
    public String body(int type, ByteBuffer in) {
        return switch (type) {
            case 16, 17, 18 -> link(in, RouteAttributes.LINK);
            case 20, 21, 22 -> address(in);
            case 24, 25, 26 -> route(in);
            default -> MessageText.hex(in);
        };
    }

    /** struct ifinfomsg, then attributes. */
    static String link(ByteBuffer in, Map<Integer, MessageAttribute> names) {
        if (in.remaining() < 16) {
            return MessageText.hex(in);
        }
        in.getInt();
        int index = in.getInt();
        String fixed =
                "{ifi_index=" + index + ", ifi_flags=" + up(in.getInt()) + ", ifi_change=" + up(in.getInt()) + "}";
        return fixed + MessageText.attributes(in, names);
    }

    private static String up(int flags) {
        return flags == 0 ? "0" : flags == 1 ? "IFF_UP" : "0x" + Integer.toHexString(flags);
    }

    private static String address(ByteBuffer in) {
        if (in.remaining() < 8) {
            return MessageText.hex(in);
        }
        int family = in.get();
        int prefix = in.get() & 0xff;
        in.getShort();
        String fixed =
                "{ifa_family=" + family(family) + ", ifa_prefixlen=" + prefix + ", ifa_index=" + in.getInt() + "}";
        return fixed + MessageText.attributes(in, RouteAttributes.ADDRESS);
    }

    private static String route(ByteBuffer in) {
        if (in.remaining() < 12) {
            return MessageText.hex(in);
        }
        int family = in.get();
        int destination = in.get() & 0xff;
        in.getShort();
        int table = in.get() & 0xff;
        int protocol = in.get() & 0xff;
        int scope = in.get() & 0xff;
        int type = in.get() & 0xff;
        in.getInt();
        String fixed = "{rtm_family=" + family(family) + ", rtm_dst_len=" + destination + ", rtm_table="
                + (table == 254 ? "RT_TABLE_MAIN" : "" + table) + ", rtm_protocol="
                + (protocol == 4 ? "RTPROT_STATIC" : "" + protocol) + ", rtm_scope=" + scope + ", rtm_type="
                + (type == 1 ? "RTN_UNICAST" : "" + type) + "}";
        return fixed + MessageText.attributes(in, RouteAttributes.ROUTE);
    }

    private static String family(int family) {
        return family == 2 ? "AF_INET" : family == 10 ? "AF_INET6" : family == 0 ? "AF_UNSPEC" : "" + family;
    }
}
