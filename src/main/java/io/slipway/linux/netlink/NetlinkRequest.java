package io.slipway.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One message to the kernel: a header (struct nlmsghdr), a fixed part, attributes (netlink(7), rtnetlink(7)). All in the machine's byte order, padded to 4. */
public final class NetlinkRequest {
    static final int HEADER_BYTES = 16;
    private static final int LENGTH_FIRST = 512;
    private static final int NLM_F_ACK = 4;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int SEQUENCE_OFFSET = 8;

    private final String doing;
    private final boolean answered;
    private ByteBuffer bytes = ByteBuffer.allocate(LENGTH_FIRST).order(ByteOrder.nativeOrder());

    /** @param doing for errors, e.g. {@code create bridge slipway0} */
    public NetlinkRequest(String doing, int type, int flags) {
        this.doing = doing;
        answered = (flags & NLM_F_ACK) != 0;
        bytes.putInt(0).putShort((short) type).putShort((short) flags).putInt(0).putInt(0);
    }

    String doing() {
        return doing;
    }

    /** Whether the kernel says also when it is done, not only when it refuses. */
    boolean answered() {
        return answered;
    }

    public NetlinkRequest u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    public NetlinkRequest u16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    public NetlinkRequest u32(int value) {
        room(4).putInt(value);
        return this;
    }

    public NetlinkRequest attribute(int type, byte[] value) {
        room(8 + value.length)
                .putShort((short) (4 + value.length))
                .putShort((short) type)
                .put(value);
        return pad();
    }

    public NetlinkRequest attribute(int type, int value) {
        room(8).putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    /** In network order, as nftables has its numbers. */
    public NetlinkRequest attributeBig(int type, int value) {
        return attribute(type, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    /** Text with the NUL that the kernel expects. */
    public NetlinkRequest attribute(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return attribute(type, Arrays.copyOf(text, text.length + 1));
    }

    /** @return where the nest began, for {@link #end} */
    public int begin(int type) {
        int at = bytes.position();
        room(4).putShort((short) 0).putShort((short) (type | NLA_F_NESTED));
        return at;
    }

    public NetlinkRequest end(int nest) {
        bytes.putShort(nest, (short) (bytes.position() - nest));
        return this;
    }

    byte[] bytes(int sequence) {
        bytes.putInt(0, bytes.position()).putInt(SEQUENCE_OFFSET, sequence);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** Bytes written so far. */
    public int length() {
        return bytes.position();
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more + 4) {
            ByteBuffer larger =
                    ByteBuffer.allocate(2 * (bytes.capacity() + more)).order(ByteOrder.nativeOrder());
            bytes = larger.put(bytes.flip());
        }
        return bytes;
    }

    private NetlinkRequest pad() {
        while (bytes.position() % 4 != 0) {
            bytes.put((byte) 0);
        }
        return this;
    }
}
