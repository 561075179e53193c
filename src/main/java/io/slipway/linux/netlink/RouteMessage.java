package io.slipway.linux.netlink;

import io.slipway.linux.Argument;
import io.slipway.linux.Errno;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** A message to or from the kernel's NETLINK_ROUTE family, shown by the names of rtnetlink(7), about as strace(1) does. */
record RouteMessage(byte[] bytes) {
    private static final int NLA_TYPE_MASK = 0x3fff;
    private static final Map<Integer, String> TYPES = Map.ofEntries(
            Map.entry(2, "NLMSG_ERROR"),
            Map.entry(3, "NLMSG_DONE"),
            Map.entry(16, "RTM_NEWLINK"),
            Map.entry(17, "RTM_DELLINK"),
            Map.entry(18, "RTM_GETLINK"),
            Map.entry(20, "RTM_NEWADDR"),
            Map.entry(21, "RTM_DELADDR"),
            Map.entry(22, "RTM_GETADDR"),
            Map.entry(24, "RTM_NEWROUTE"),
            Map.entry(25, "RTM_DELROUTE"),
            Map.entry(26, "RTM_GETROUTE"));

    Argument argument() {
        return Argument.text(this::shown);
    }

    /** All messages in it, one behind the other. */
    String shown() {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        StringJoiner shown = new StringJoiner(", ", "[", "]");
        while (in.remaining() >= NetlinkRequest.HEADER_BYTES) {
            int start = in.position();
            int length = in.getInt(start);
            if (length < NetlinkRequest.HEADER_BYTES || start + length > bytes.length) {
                shown.add(HexFormat.of().formatHex(bytes, start, bytes.length));
                break;
            }
            shown.add(message(in.slice(start, length).order(ByteOrder.nativeOrder())));
            in.position(Math.min(bytes.length, start + ((length + 3) & ~3)));
        }
        return shown.toString();
    }

    private static String message(ByteBuffer in) {
        in.getInt();
        int type = in.getShort() & 0xffff;
        int flags = in.getShort() & 0xffff;
        int sequence = in.getInt();
        in.getInt();
        boolean asks = type == 18 || type == 22 || type == 26;
        String header = "{" + TYPES.getOrDefault(type, "type " + type) + ", " + flags(flags, asks, type < 16) + ", seq="
                + sequence + "}";
        String body = switch (type) {
            case 2 -> in.remaining() < 4 ? "" : error(in.getInt());
            case 16, 17, 18 -> link(in, RouteAttribute.LINK);
            case 20, 21, 22 -> address(in);
            case 24, 25, 26 -> route(in);
            default -> hex(in);
        };
        return body.isEmpty() ? header : "{" + header + ", " + body + "}";
    }

    private static String error(int number) {
        return number == 0 ? "{error=0}" : "{error=-" + Errno.name(-number) + "}";
    }

    private static String link(ByteBuffer in, Map<Integer, RouteAttribute> names) {
        if (in.remaining() < 16) {
            return hex(in);
        }
        in.getInt();
        int index = in.getInt();
        String fixed =
                "{ifi_index=" + index + ", ifi_flags=" + up(in.getInt()) + ", ifi_change=" + up(in.getInt()) + "}";
        return fixed + attributes(in, names);
    }

    private static String up(int flags) {
        return flags == 0 ? "0" : flags == 1 ? "IFF_UP" : "0x" + Integer.toHexString(flags);
    }

    private static String address(ByteBuffer in) {
        if (in.remaining() < 8) {
            return hex(in);
        }
        int family = in.get();
        int prefix = in.get() & 0xff;
        in.getShort();
        String fixed =
                "{ifa_family=" + family(family) + ", ifa_prefixlen=" + prefix + ", ifa_index=" + in.getInt() + "}";
        return fixed + attributes(in, RouteAttribute.ADDRESS);
    }

    private static String route(ByteBuffer in) {
        if (in.remaining() < 12) {
            return hex(in);
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
        return fixed + attributes(in, RouteAttribute.ROUTE);
    }

    private static String family(int family) {
        return family == 2 ? "AF_INET" : family == 10 ? "AF_INET6" : family == 0 ? "AF_UNSPEC" : "" + family;
    }

    private static String attributes(ByteBuffer in, Map<Integer, RouteAttribute> names) {
        List<String> shown = new ArrayList<>();
        while (in.remaining() >= 4) {
            int length = in.getShort() & 0xffff;
            int number = in.getShort() & NLA_TYPE_MASK;
            if (length < 4 || length - 4 > in.remaining()) {
                break;
            }
            ByteBuffer value = in.slice(in.position(), length - 4).order(ByteOrder.nativeOrder());
            RouteAttribute attribute = names.getOrDefault(number, RouteAttribute.unknown(number));
            shown.add(attribute.name() + "=" + value(attribute, value));
            in.position(Math.min(in.limit(), in.position() + ((length - 4 + 3) & ~3)));
        }
        return shown.isEmpty() ? "" : ", [" + String.join(", ", shown) + "]";
    }

    private static String value(RouteAttribute attribute, ByteBuffer value) {
        return switch (attribute.kind()) {
            case TEXT -> '"' + new String(array(value), StandardCharsets.UTF_8).replace("\0", "") + '"';
            case NUMBER -> value.remaining() == 4 ? Integer.toString(value.getInt()) : hex(value);
            case HARDWARE -> HexFormat.ofDelimiter(":").formatHex(array(value));
            case ADDRESS -> ip(array(value));
            case NEST -> attributes(value, attribute.nested()).replaceFirst("^, ", "");
            case LINK -> "{" + link(value, attribute.nested()) + "}";
            case UNKNOWN -> hex(value);
        };
    }

    private static String ip(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            return HexFormat.of().formatHex(address);
        }
    }

    private static String hex(ByteBuffer rest) {
        return rest.hasRemaining() ? "0x" + HexFormat.of().formatHex(array(rest)) : "";
    }

    private static byte[] array(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }

    private static String flags(int flags, boolean asks, boolean answer) {
        Map<Integer, String> names = answer
                ? Map.of(2, "NLM_F_MULTI", 0x10, "NLM_F_DUMP_INTR", 0x100, "NLM_F_CAPPED", 0x200, "NLM_F_ACK_TLVS")
                : asks
                        ? Map.of(
                                1,
                                "NLM_F_REQUEST",
                                2,
                                "NLM_F_MULTI",
                                4,
                                "NLM_F_ACK",
                                0x100,
                                "NLM_F_ROOT",
                                0x200,
                                "NLM_F_MATCH")
                        : Map.of(
                                1,
                                "NLM_F_REQUEST",
                                2,
                                "NLM_F_MULTI",
                                4,
                                "NLM_F_ACK",
                                0x100,
                                "NLM_F_REPLACE",
                                0x200,
                                "NLM_F_EXCL",
                                0x400,
                                "NLM_F_CREATE");
        StringJoiner shown = new StringJoiner("|").setEmptyValue("0");
        for (int bit = 1; bit <= 0x8000; bit <<= 1) {
            if ((flags & bit) != 0) {
                shown.add(names.getOrDefault(bit, "0x" + Integer.toHexString(bit)));
            }
        }
        return shown.toString();
    }
}
