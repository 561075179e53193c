package io.slipway.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One message: a header (struct nlmsghdr), a fixed part, attributes (netlink(7), rtnetlink(7)). All in the machine's byte order, padded to 4. */
final class NetlinkRequest {
    static final int HEADER_BYTES = 16;
    private static final int LENGTH_MAX = 1024;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int SEQUENCE_OFFSET = 8;

    private final String doing;
    private final ByteBuffer bytes = ByteBuffer.allocate(LENGTH_MAX).order(ByteOrder.nativeOrder());

    /** @param doing for errors, e.g. {@code create bridge slipway0} */
    NetlinkRequest(String doing, int type, int flags) {
        this.doing = doing;
        bytes.putInt(0).putShort((short) type).putShort((short) flags).putInt(0).putInt(0);
    }

    String doing() {
        return doing;
    }

    NetlinkRequest u8(int value) {
        bytes.put((byte) value);
        return this;
    }

    NetlinkRequest u16(int value) {
        bytes.putShort((short) value);
        return this;
    }

    NetlinkRequest u32(int value) {
        bytes.putInt(value);
        return this;
    }

    NetlinkRequest attribute(int type, byte[] value) {
        bytes.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        return pad();
    }

    NetlinkRequest attribute(int type, int value) {
        bytes.putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    /** Text with the NUL that the kernel expects. */
    NetlinkRequest attribute(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return attribute(type, Arrays.copyOf(text, text.length + 1));
    }

    /** @return where the nest began, for {@link #end} */
    int begin(int type) {
        int at = bytes.position();
        bytes.putShort((short) 0).putShort((short) (type | NLA_F_NESTED));
        return at;
    }

    NetlinkRequest end(int nest) {
        bytes.putShort(nest, (short) (bytes.position() - nest));
        return this;
    }

    byte[] bytes(int sequence) {
        bytes.putInt(0, bytes.position()).putInt(SEQUENCE_OFFSET, sequence);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private NetlinkRequest pad() {
        while (bytes.position() % 4 != 0) {
            bytes.put((byte) 0);
        }
        return this;
    }
}
