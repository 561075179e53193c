package io.slipway.linux.nftables;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An element of a set: its key and, in a map, its data, field by field; with a comment that {@code nft list} shows. */
public final class NftElement {
    private static final int LINK_BYTES = 16;

    private final ByteArrayOutputStream key = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final String comment;
    private ByteArrayOutputStream end = key;

    /** @param comment at most 127 bytes of it are kept; empty for none */
    public NftElement(String comment) {
        this.comment = comment;
    }

    /** What follows is data. */
    public NftElement leadsTo() {
        end = data;
        return this;
    }

    /** IPv4 or IPv6, in network order. */
    public NftElement address(byte[] address) {
        return field(address);
    }

    /** 6 for TCP, 17 for UDP. */
    public NftElement protocol(int number) {
        return field(new byte[] {(byte) number});
    }

    public NftElement port(int port) {
        return field(new byte[] {(byte) (port >> 8), (byte) port});
    }

    public NftElement link(String name) {
        return field(Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), LINK_BYTES));
    }

    byte[] key(NftSet set) {
        return Arrays.copyOf(key.toByteArray(), NftField.bytes(set.key()));
    }

    /** Empty in a set that is no map. */
    byte[] data(NftSet set) {
        return set.data().isEmpty() ? new byte[0] : Arrays.copyOf(data.toByteArray(), NftField.bytes(set.data()));
    }

    String comment() {
        return comment;
    }

    private NftElement field(byte[] value) {
        end.writeBytes(Arrays.copyOf(value, (value.length + 3) & ~3));
        return this;
    }
}
