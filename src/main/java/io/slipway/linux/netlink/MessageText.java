package io.slipway.linux.netlink;

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

/** Netlink messages in words, about as strace(1) shows them: what all protocols have in common. */
final class MessageText {
    private static final int NLA_TYPE_MASK = 0x3fff;
    private static final int FIRST_OF_PROTOCOL = 16;
    private static final Map<Integer, String> ANSWER_FLAGS =
            Map.of(2, "NLM_F_MULTI", 0x10, "NLM_F_DUMP_INTR", 0x100, "NLM_F_CAPPED", 0x200, "NLM_F_ACK_TLVS");
    private static final Map<Integer, String> GET_FLAGS =
            Map.of(1, "NLM_F_REQUEST", 2, "NLM_F_MULTI", 4, "NLM_F_ACK", 0x100, "NLM_F_ROOT", 0x200, "NLM_F_MATCH");
    private static final Map<Integer, String> NEW_FLAGS = Map.of(
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
            "NLM_F_CREATE",
            0x800,
            "NLM_F_APPEND");

    private MessageText() {}

    /** What a protocol knows of its messages. */
    interface Dialect {
        String type(int type);

        /** Whether it asks, so that its flags mean another thing. */
        boolean asks(int type);

        /** What is behind the header. */
        String body(int type, ByteBuffer in);
    }

    /** All messages, one behind the other. */
    static String of(byte[] bytes, Dialect dialect) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        StringJoiner shown = new StringJoiner(", ", "[", "]");
        while (in.remaining() >= NetlinkRequest.HEADER_BYTES) {
            int start = in.position();
            int length = in.getInt(start);
            if (length < NetlinkRequest.HEADER_BYTES || start + length > bytes.length) {
                shown.add(HexFormat.of().formatHex(bytes, start, bytes.length));
                break;
            }
            shown.add(message(in.slice(start, length).order(ByteOrder.nativeOrder()), dialect));
            in.position(Math.min(bytes.length, start + ((length + 3) & ~3)));
        }
        return shown.toString();
    }

    private static String message(ByteBuffer in, Dialect dialect) {
        in.getInt();
        int type = in.getShort() & 0xffff;
        int flags = in.getShort() & 0xffff;
        int sequence = in.getInt();
        in.getInt();
        boolean answer = type < FIRST_OF_PROTOCOL;
        Map<Integer, String> names = answer ? ANSWER_FLAGS : dialect.asks(type) ? GET_FLAGS : NEW_FLAGS;
        String name = type == 2 ? "NLMSG_ERROR" : type == 3 ? "NLMSG_DONE" : dialect.type(type);
        String header = "{" + name + ", " + flags(flags, names) + ", seq=" + sequence + "}";
        String body = type == 2 ? error(in) : answer ? hex(in) : dialect.body(type, in);
        return body.isEmpty() ? header : "{" + header + ", " + body + "}";
    }

    private static String error(ByteBuffer in) {
        int number = in.remaining() < 4 ? 0 : in.getInt();
        return number == 0 ? "{error=0}" : "{error=-" + Errno.name(-number) + "}";
    }

    /** Begins with a comma; empty if there are none. */
    static String attributes(ByteBuffer in, Map<Integer, MessageAttribute> names) {
        List<String> shown = new ArrayList<>();
        while (in.remaining() >= 4) {
            int length = in.getShort() & 0xffff;
            int number = in.getShort() & NLA_TYPE_MASK;
            if (length < 4 || length - 4 > in.remaining()) {
                break;
            }
            ByteBuffer value = in.slice(in.position(), length - 4).order(ByteOrder.nativeOrder());
            MessageAttribute attribute = names.getOrDefault(number, MessageAttribute.unknown(number));
            shown.add(attribute.name() + "=" + attribute.kind().text(value, attribute.nested()));
            in.position(Math.min(in.limit(), in.position() + ((length - 4 + 3) & ~3)));
        }
        return shown.isEmpty() ? "" : ", [" + String.join(", ", shown) + "]";
    }

    static String quoted(ByteBuffer value) {
        return '"' + new String(array(value), StandardCharsets.UTF_8).replace("\0", "") + '"';
    }

    static String ip(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            return HexFormat.of().formatHex(address);
        }
    }

    static String hex(ByteBuffer rest) {
        return rest.hasRemaining() ? "0x" + HexFormat.of().formatHex(array(rest)) : "";
    }

    static byte[] array(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return bytes;
    }

    private static String flags(int flags, Map<Integer, String> names) {
        StringJoiner shown = new StringJoiner("|").setEmptyValue("0");
        for (int bit = 1; bit <= 0x8000; bit <<= 1) {
            if ((flags & bit) != 0) {
                shown.add(names.getOrDefault(bit, "0x" + Integer.toHexString(bit)));
            }
        }
        return shown.toString();
    }
}
