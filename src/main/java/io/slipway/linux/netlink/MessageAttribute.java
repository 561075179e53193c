package io.slipway.linux.netlink;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * An attribute of a netlink message by its name in the kernel's headers.
 *
 * @param nested attributes within it, by number; empty unless its kind has some
 */
record MessageAttribute(String name, Kind kind, Map<Integer, MessageAttribute> nested) {
    private static final int ADDRESS_BYTES = 4;

    /** How its bytes are to be read. */
    enum Kind {
        TEXT((value, nested) -> MessageText.quoted(value)),
        NUMBER((value, nested) -> value.remaining() == 4 ? Integer.toString(value.getInt()) : MessageText.hex(value)),
        /** Of a process. */
        PROCESS((value, nested) -> value.remaining() == 4 && value.getInt(value.position()) == NamespaceDoor.PLANNED
                ? "PID"
                : NUMBER.text(value, nested)),
        /** In network order. */
        BIG_NUMBER((value, nested) -> switch (value.remaining()) {
            case 4 -> Integer.toString(Integer.reverseBytes(value.getInt()));
            case 8 -> Long.toString(Long.reverseBytes(value.getLong()));
            default -> MessageText.hex(value);
        }),
        HARDWARE((value, nested) -> HexFormat.ofDelimiter(":").formatHex(MessageText.array(value))),
        ADDRESS((value, nested) -> MessageText.ip(MessageText.array(value))),
        NEST(MessageAttribute::nest),
        /** struct ifinfomsg, then attributes. */
        LINK((value, nested) -> "{" + RouteMessage.link(value, nested) + "}"),
        /** What nftables compares and keeps: an address, a name, or several things one behind the other. */
        DATA((value, nested) -> data(MessageText.array(value))),
        /** A comment that is kept for nft(8): type, length, text. */
        COMMENT((value, nested) -> value.remaining() < 3
                ? MessageText.hex(value)
                : MessageText.quoted(value.slice(2, value.remaining() - 2))),
        /** An expression of a rule. */
        EXPRESSION((value, nested) -> ExpressionText.of(value)),
        UNKNOWN((value, nested) -> MessageText.hex(value));

        private final BiFunction<ByteBuffer, Map<Integer, MessageAttribute>, String> text;

        Kind(BiFunction<ByteBuffer, Map<Integer, MessageAttribute>, String> text) {
            this.text = text;
        }

        String text(ByteBuffer value, Map<Integer, MessageAttribute> nested) {
            return text.apply(value, nested);
        }
    }

    static MessageAttribute unknown(int number) {
        return plain("attribute " + number, Kind.UNKNOWN);
    }

    static MessageAttribute plain(String name, Kind kind) {
        return new MessageAttribute(name, kind, Map.of());
    }

    static MessageAttribute nest(String name, Map<Integer, MessageAttribute> nested) {
        return new MessageAttribute(name, Kind.NEST, nested);
    }

    private static String nest(ByteBuffer value, Map<Integer, MessageAttribute> nested) {
        return MessageText.attributes(value, nested).replaceFirst("^, ", "");
    }

    private static String data(byte[] value) {
        int text = 0;
        while (text < value.length && value[text] > ' ') {
            text++;
        }
        if (text > 1 && allZero(value, text)) {
            return MessageText.quoted(ByteBuffer.wrap(value, 0, text));
        }
        return value.length == ADDRESS_BYTES || value.length == 4 * ADDRESS_BYTES
                ? MessageText.ip(value)
                : MessageText.hex(ByteBuffer.wrap(value));
    }

    private static boolean allZero(byte[] value, int from) {
        for (int i = from; i < value.length; i++) {
            if (value[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
