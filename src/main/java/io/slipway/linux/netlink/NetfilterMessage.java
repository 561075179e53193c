package io.slipway.linux.netlink;

import java.nio.ByteBuffer;
import java.util.Map;

/** Messages to or from the kernel's NETLINK_NETFILTER family, of which only nftables is spoken here. */
record NetfilterMessage(byte[] bytes) implements MessageText.Dialect {
    private static final int BATCH_BEGIN = 16;
    private static final int BATCH_END = 17;
    private static final int NFTABLES = 10 << 8;
    /** struct nfgenmsg. */
    private static final int FIXED_BYTES = 4;

    private static final String[] OBJECTS = {"TABLE", "CHAIN", "RULE", "SET", "SETELEM", "GEN"};
    private static final String[] VERBS = {"NEW", "GET", "DEL"};

    String shown() {
        return MessageText.of(bytes, this);
    }

    @Override
    public String type(int type) {
        int number = type - NFTABLES;
        return switch (type) {
            case BATCH_BEGIN -> "NFNL_MSG_BATCH_BEGIN";
            case BATCH_END -> "NFNL_MSG_BATCH_END";
            default ->
                number >= 0 && number <= 16 ? "NFT_MSG_" + VERBS[number % 3] + OBJECTS[number / 3] : "type " + type;
        };
    }

    @Override
    public boolean asks(int type) {
        return type >= NFTABLES && (type - NFTABLES) % 3 == 1;
    }

    @Override
    public String body(int type, ByteBuffer in) {
        if (in.remaining() < FIXED_BYTES) {
            return MessageText.hex(in);
        }
        String fixed = "{nfgen_family=" + family(in.get()) + ", version=" + in.get() + ", res_id="
                + (Short.reverseBytes(in.getShort()) & 0xffff) + "}";
        return fixed + MessageText.attributes(in, names(type));
    }

    private static Map<Integer, MessageAttribute> names(int type) {
        return type == BATCH_BEGIN || type == BATCH_END
                ? NetfilterAttributes.BATCH
                : switch ((type - NFTABLES) / 3) {
                    case 0 -> NetfilterAttributes.TABLE;
                    case 1 -> NetfilterAttributes.CHAIN;
                    case 2 -> NetfilterAttributes.RULE;
                    case 3 -> NetfilterAttributes.SET;
                    case 4 -> NetfilterAttributes.ELEMENTS;
                    default -> NetfilterAttributes.GENERATION;
                };
    }

    private static String family(int family) {
        return family == 1 ? "NFPROTO_INET" : family == 0 ? "NFPROTO_UNSPEC" : "" + family;
    }
}
