package io.slipway.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The attributes of a message from the kernel, by type. */
public final class NetlinkAttributes {
    private static final int TYPE_MASK = 0x3fff;
    private final Map<Integer, byte[]> values = new HashMap<>();

    /** @param bytes from its position to its limit */
    public NetlinkAttributes(ByteBuffer bytes) {
        while (bytes.remaining() >= 4) {
            int start = bytes.position();
            int length = bytes.getShort() & 0xffff;
            int type = bytes.getShort() & TYPE_MASK;
            if (length < 4 || start + length > bytes.limit()) {
                return;
            }
            byte[] value = new byte[length - 4];
            bytes.get(value);
            values.put(type, value);
            bytes.position(Math.min(bytes.limit(), start + ((length + 3) & ~3)));
        }
    }

    public Optional<byte[]> bytes(int type) {
        return Optional.ofNullable(values.get(type));
    }

    public int u32(int type, int otherwise) {
        byte[] value = values.get(type);
        return value == null || value.length < 4
                ? otherwise
                : ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }

    /** A number in network order, as nftables has them. */
    public int bigU32(int type, int otherwise) {
        byte[] value = values.get(type);
        return value == null || value.length < 4
                ? otherwise
                : ByteBuffer.wrap(value).getInt();
    }

    /** Without the NUL at its end; empty if absent. */
    public String text(int type) {
        byte[] value = values.getOrDefault(type, new byte[0]);
        int length = value.length > 0 && value[value.length - 1] == 0 ? value.length - 1 : value.length;
        return new String(value, 0, length, StandardCharsets.UTF_8);
    }

    /** Of a list: attributes of one type, one behind the other, of which the others here keep the last only. */
    public static List<NetlinkAttributes> list(byte[] bytes) {
        List<NetlinkAttributes> all = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        while (in.remaining() >= 4) {
            int start = in.position();
            int length = in.getShort(start) & 0xffff;
            if (length < 4 || length > in.remaining()) {
                break;
            }
            all.add(new NetlinkAttributes(in.slice(start + 4, length - 4).order(ByteOrder.nativeOrder())));
            in.position(Math.min(in.limit(), start + ((length + 3) & ~3)));
        }
        return all;
    }

    public NetlinkAttributes nested(int type) {
        return new NetlinkAttributes(
                ByteBuffer.wrap(values.getOrDefault(type, new byte[0])).order(ByteOrder.nativeOrder()));
    }
}
