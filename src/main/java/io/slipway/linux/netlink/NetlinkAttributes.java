package io.slipway.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The attributes of a message from the kernel, by type. */
final class NetlinkAttributes {
    private static final int TYPE_MASK = 0x3fff;
    private final Map<Integer, byte[]> values = new HashMap<>();

    /** @param bytes from its position to its limit */
    NetlinkAttributes(ByteBuffer bytes) {
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

    Optional<byte[]> bytes(int type) {
        return Optional.ofNullable(values.get(type));
    }

    int u32(int type, int otherwise) {
        byte[] value = values.get(type);
        return value == null || value.length < 4
                ? otherwise
                : ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }

    /** Without the NUL at its end; empty if absent. */
    String text(int type) {
        byte[] value = values.getOrDefault(type, new byte[0]);
        int length = value.length > 0 && value[value.length - 1] == 0 ? value.length - 1 : value.length;
        return new String(value, 0, length, StandardCharsets.UTF_8);
    }

    NetlinkAttributes nested(int type) {
        return new NetlinkAttributes(
                ByteBuffer.wrap(values.getOrDefault(type, new byte[0])).order(ByteOrder.nativeOrder()));
    }
}
