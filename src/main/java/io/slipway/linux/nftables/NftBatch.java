package io.slipway.linux.nftables;

import io.slipway.linux.netlink.NetlinkRequest;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Changes to one table that the kernel makes all together or not at all. Tables are of the family inet: IPv4 and IPv6. */
public final class NftBatch {
    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int SUBSYSTEM = 10;
    static final int INET = 1;
    private static final int BEGIN = 16;
    private static final int END = 17;
    private static final int NEW_TABLE = 0;
    private static final int DELETE_TABLE = 2;
    private static final int NEW_CHAIN = 3;
    private static final int NEW_RULE = 6;
    private static final int DELETE_RULE = 8;
    private static final int NEW_SET = 9;
    private static final int NEW_ELEMENT = 12;
    private static final int DELETE_ELEMENT = 14;
    private static final int EXCLUSIVE = 0x200;
    private static final int CREATE = 0x400;
    private static final int APPEND = 0x800;
    private static final int SET_MAP = 8;
    private static final int ELEMENTS_TOGETHER = 200;
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final int COMMENT_MAX = 127;

    /** For nft(8), which would else show names backwards: type (byte order of keys), length, the host's. */
    private static final byte[] NAMES_AS_THEY_ARE = {0, 4, (byte) (LITTLE ? 1 : 0), 0, 0, (byte) (LITTLE ? 0 : 1)};

    private final String table;
    private final List<NetlinkRequest> messages = new ArrayList<>();
    private int sets;

    public NftBatch(String table) {
        this.table = table;
        messages.add(edge(BEGIN));
    }

    /** Only if nothing of nftables has changed since {@link Nftables#generation}: otherwise it is refused with ERESTART. */
    public NftBatch since(int generation) {
        messages.set(0, edge(BEGIN).attributeBig(1, generation));
        return this;
    }

    /** Makes the table; does nothing if it is there. */
    public NftBatch table() {
        message("create table " + table, NEW_TABLE, CREATE).attribute(1, table).attributeBig(2, 0);
        return this;
    }

    /** With all that is in it. */
    public NftBatch deleteTable() {
        message("delete table " + table, DELETE_TABLE, 0).attribute(1, table);
        return this;
    }

    public NftBatch chain(NftChain chain) {
        NetlinkRequest message = message("create chain " + chain.name(), NEW_CHAIN, CREATE);
        message.attribute(1, table).attribute(3, chain.name());
        int hook = message.begin(4);
        message.attributeBig(1, chain.hook().number())
                .attributeBig(2, chain.priority())
                .end(hook);
        message.attributeBig(5, 1).attribute(7, chain.type());
        return this;
    }

    public NftBatch set(NftSet set) {
        NetlinkRequest message = message("create set " + set.name(), NEW_SET, CREATE);
        message.attribute(1, table).attribute(2, set.name());
        message.attributeBig(3, set.data().isEmpty() ? 0 : SET_MAP);
        message.attributeBig(4, NftField.type(set.key())).attributeBig(5, NftField.bytes(set.key()));
        if (!set.data().isEmpty()) {
            message.attributeBig(6, NftField.type(set.data())).attributeBig(7, NftField.bytes(set.data()));
        }
        message.attributeBig(10, ++sets);
        if (set.key().equals(List.of(NftField.LINK))) {
            message.attribute(13, NAMES_AS_THEY_ARE);
        }
        if (set.counting()) {
            int expression = message.begin(17);
            int data = message.attribute(1, "counter").begin(2);
            message.end(data).end(expression);
        }
        return this;
    }

    /** Behind those that are in its chain. */
    public NftBatch rule(NftRule rule) {
        NetlinkRequest message = message("add a rule to chain " + rule.chain(), NEW_RULE, CREATE | APPEND);
        message.attribute(1, table).attribute(2, rule.chain());
        int expressions = message.begin(4);
        rule.write(message);
        message.end(expressions);
        return this;
    }

    /** Of all chains. */
    public NftBatch deleteRules() {
        message("delete the rules of table " + table, DELETE_RULE, 0).attribute(1, table);
        return this;
    }

    /** Does nothing for those that are there; refused with EBUSY if one is there that leads elsewhere. */
    public NftBatch add(NftSet set, List<NftElement> elements) {
        return elements("add to set " + set.name(), NEW_ELEMENT, CREATE, set, elements);
    }

    /** Refused with EEXIST if one is there. */
    public NftBatch addNew(NftSet set, List<NftElement> elements) {
        return elements("add to set " + set.name(), NEW_ELEMENT, CREATE | EXCLUSIVE, set, elements);
    }

    /** Refused with ENOENT if one is not there. */
    public NftBatch remove(NftSet set, List<NftElement> elements) {
        return elements("remove from set " + set.name(), DELETE_ELEMENT, 0, set, elements);
    }

    List<NetlinkRequest> messages() {
        List<NetlinkRequest> all = new ArrayList<>(messages);
        all.add(edge(END));
        return all;
    }

    private NftBatch elements(String doing, int type, int flags, NftSet set, List<NftElement> elements) {
        for (int from = 0; from < elements.size(); from += ELEMENTS_TOGETHER) {
            List<NftElement> some = elements.subList(from, Math.min(elements.size(), from + ELEMENTS_TOGETHER));
            NetlinkRequest message = message(doing, type, flags);
            message.attribute(1, table).attribute(2, set.name());
            int list = message.begin(3);
            some.forEach(element -> write(message, set, element, type == NEW_ELEMENT));
            message.end(list);
        }
        return this;
    }

    static void write(NetlinkRequest message, NftSet set, NftElement element, boolean whole) {
        int begin = message.begin(1);
        value(message, 1, element.key(set));
        if (whole && !set.data().isEmpty()) {
            value(message, 2, element.data(set));
        }
        if (whole && !element.comment().isEmpty()) {
            message.attribute(6, comment(element.comment()));
        }
        message.end(begin);
    }

    private static void value(NetlinkRequest message, int attribute, byte[] value) {
        int nest = message.begin(attribute);
        message.attribute(1, value).end(nest);
    }

    /** As nft(8) keeps it: type, length, text. */
    private static byte[] comment(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, COMMENT_MAX);
        byte[] comment = new byte[length + 3];
        comment[1] = (byte) (length + 1);
        System.arraycopy(bytes, 0, comment, 2, length);
        return comment;
    }

    private NetlinkRequest message(String doing, int type, int flags) {
        NetlinkRequest message =
                new NetlinkRequest("nftables: " + doing, SUBSYSTEM << 8 | type, NLM_F_REQUEST | NLM_F_ACK | flags);
        messages.add(message.u8(INET).u8(0).u16(0));
        return message;
    }

    /** struct nfgenmsg has the number of the subsystem in network order. */
    private NetlinkRequest edge(int type) {
        NetlinkRequest message = new NetlinkRequest("nftables: change table " + table, type, NLM_F_REQUEST);
        return message.u8(0).u8(0).u8(0).u8(SUBSYSTEM);
    }
}
