package io.slipway.linux.nftables;

import io.slipway.linux.netlink.NetlinkRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A rule: conditions one behind the other, each of which must hold, and what then happens. Registers are numbered in units of four bytes from 8 on;
 * 1 to 4 are the same by sixteen.
 */
public final class NftRule {
    public static final int IPV4 = 2;
    public static final int IPV6 = 10;
    /** Bits of the state of a connection (enum ip_conntrack_info). */
    public static final int ESTABLISHED_RELATED = 2 | 4;

    private static final int REGISTER = 8;
    private static final int META_IN = 6;
    private static final int META_OUT = 7;
    private static final int META_FAMILY = 15;
    private static final int META_PROTOCOL = 16;
    private static final int LINK_REGISTERS = 4;
    private static final int NETWORK = 1;
    private static final int TRANSPORT = 2;
    private static final int CT_STATE = 0;
    private static final int CT_STATUS = 2;
    private static final int STATUS_DNAT = 0x20;
    private static final int LOOPBACK = 127;
    private static final int LOCAL = 2;

    private final String chain;
    private final List<Consumer<NetlinkRequest>> expressions = new ArrayList<>();

    public NftRule(String chain) {
        this.chain = chain;
    }

    /** It came by a link of this set. */
    public NftRule cameBy(NftSet links) {
        return meta(META_IN, REGISTER).lookup(links, false);
    }

    /** It goes by a link of this set. */
    public NftRule goesBy(NftSet links) {
        return meta(META_OUT, REGISTER).lookup(links, false);
    }

    public NftRule goesByNone(NftSet links) {
        return meta(META_OUT, REGISTER).lookup(links, true);
    }

    /** It came by the one and goes by the other link of a pair in this set. */
    public NftRule passes(NftSet pairs) {
        return meta(META_IN, REGISTER).meta(META_OUT, REGISTER + LINK_REGISTERS).lookup(pairs, false);
    }

    /** It is of {@link #IPV4} or {@link #IPV6}. */
    public NftRule family(int family) {
        return meta(META_FAMILY, REGISTER).compare(false, (byte) family);
    }

    /** It comes from an address of this set. Needs {@link #family}. */
    public NftRule from(NftSet addresses) {
        boolean four = addresses.key().getFirst() == NftField.IPV4;
        return payload(NETWORK, four ? 12 : 8, four ? 4 : 16, REGISTER).lookup(addresses, false);
    }

    /** Its sender is of 127.0.0.0/8. Needs {@link #family}. */
    public NftRule fromLoopback() {
        return payload(NETWORK, 12, 1, REGISTER).compare(false, (byte) LOOPBACK);
    }

    /** Its destination is of 127.0.0.0/8. Needs {@link #family}. */
    public NftRule toLoopback() {
        return payload(NETWORK, 16, 1, REGISTER).compare(false, (byte) LOOPBACK);
    }

    /** Its destination is an address of this host. */
    public NftRule toHost() {
        return add(
                        "fib",
                        data -> data.attributeBig(1, REGISTER)
                                .attributeBig(2, 3)
                                .attributeBig(3, 2))
                .compare(false, nativeOrder(LOCAL));
    }

    /** Its connection is in one of the states of these bits, e.g. {@link #ESTABLISHED_RELATED}. */
    public NftRule connectionState(int bits) {
        return connection(CT_STATE, bits);
    }

    /** Its connection was led elsewhere, by a rule of ours or by others'. */
    public NftRule redirected() {
        return connection(CT_STATUS, STATUS_DNAT);
    }

    /** Leads it to where a map says for its protocol and port, or for its destination, protocol and port. Needs {@link #family}. */
    public NftRule leadBy(NftSet map) {
        boolean four = map.data().getFirst() == NftField.IPV4;
        int address = four ? 1 : 4;
        int next = REGISTER;
        if (map.key().size() > 2) {
            payload(NETWORK, four ? 16 : 24, address * 4, next);
            next += address;
        }
        meta(META_PROTOCOL, next).payload(TRANSPORT, 2, 2, next + 1);
        add(
                "lookup",
                data -> data.attribute(1, map.name()).attributeBig(2, REGISTER).attributeBig(3, REGISTER));
        return add(
                "nat",
                data -> data.attributeBig(1, 1)
                        .attributeBig(2, four ? IPV4 : IPV6)
                        .attributeBig(3, REGISTER)
                        .attributeBig(5, REGISTER + address));
    }

    /** It gets the address of the link that it goes by as its sender. */
    public NftRule masquerade() {
        return add("masq", data -> {});
    }

    public NftRule accept() {
        return verdict(1);
    }

    public NftRule drop() {
        return verdict(0);
    }

    String chain() {
        return chain;
    }

    void write(NetlinkRequest request) {
        expressions.forEach(expression -> expression.accept(request));
    }

    private NftRule verdict(int verdict) {
        return add("immediate", data -> {
            int value = data.attributeBig(1, 0).begin(2);
            int code = data.begin(2);
            data.attributeBig(1, verdict).end(code).end(value);
        });
    }

    private NftRule connection(int key, int bits) {
        add("ct", data -> data.attributeBig(1, REGISTER).attributeBig(2, key));
        add("bitwise", data -> {
            data.attributeBig(1, REGISTER).attributeBig(2, REGISTER).attributeBig(3, 4);
            value(data, 4, nativeOrder(bits));
            value(data, 5, new byte[4]);
        });
        return compare(true, new byte[4]);
    }

    private NftRule meta(int key, int register) {
        return add("meta", data -> data.attributeBig(1, register).attributeBig(2, key));
    }

    private NftRule payload(int base, int offset, int length, int register) {
        return add(
                "payload",
                data -> data.attributeBig(1, register)
                        .attributeBig(2, base)
                        .attributeBig(3, offset)
                        .attributeBig(4, length));
    }

    private NftRule lookup(NftSet set, boolean inverted) {
        return add("lookup", data -> {
            data.attribute(1, set.name()).attributeBig(2, REGISTER);
            if (inverted) {
                data.attributeBig(5, 1);
            }
        });
    }

    private NftRule compare(boolean inverted, byte... with) {
        return add("cmp", data -> {
            data.attributeBig(1, REGISTER).attributeBig(2, inverted ? 1 : 0);
            value(data, 3, with);
        });
    }

    /** What the kernel keeps in its own byte order. */
    private static byte[] nativeOrder(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    private static void value(NetlinkRequest request, int attribute, byte[] value) {
        int nest = request.begin(attribute);
        request.attribute(1, value).end(nest);
    }

    private NftRule add(String name, Consumer<NetlinkRequest> data) {
        expressions.add(request -> {
            int element = request.begin(1);
            int nest = request.attribute(1, name).begin(2);
            data.accept(request);
            request.end(nest).end(element);
        });
        return this;
    }
}
