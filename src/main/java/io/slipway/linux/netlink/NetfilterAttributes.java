package io.slipway.linux.netlink;

import static io.slipway.linux.netlink.MessageAttribute.nest;
import static io.slipway.linux.netlink.MessageAttribute.plain;

import io.slipway.linux.netlink.MessageAttribute.Kind;
import java.util.Map;

/** Attributes of nftables by number: include/uapi/linux/netfilter/nf_tables.h. */
final class NetfilterAttributes {
    private static final int LIST_ELEMENT = 1;

    private static final Map<Integer, MessageAttribute> EXPRESSION =
            Map.of(LIST_ELEMENT, plain("NFTA_LIST_ELEM", Kind.EXPRESSION));

    private static final Map<Integer, MessageAttribute> DATA = Map.of(1, plain("NFTA_DATA_VALUE", Kind.DATA));

    private static final Map<Integer, MessageAttribute> ELEMENT = Map.of(
            1, nest("NFTA_SET_ELEM_KEY", DATA),
            2, nest("NFTA_SET_ELEM_DATA", DATA),
            3, plain("NFTA_SET_ELEM_FLAGS", Kind.BIG_NUMBER),
            6, plain("NFTA_SET_ELEM_USERDATA", Kind.COMMENT),
            7, plain("NFTA_SET_ELEM_EXPR", Kind.EXPRESSION));

    static final Map<Integer, MessageAttribute> BATCH = Map.of(1, plain("NFNL_BATCH_GENID", Kind.BIG_NUMBER));

    static final Map<Integer, MessageAttribute> TABLE = Map.of(
            1, plain("NFTA_TABLE_NAME", Kind.TEXT),
            2, plain("NFTA_TABLE_FLAGS", Kind.BIG_NUMBER),
            3, plain("NFTA_TABLE_USE", Kind.BIG_NUMBER),
            4, plain("NFTA_TABLE_HANDLE", Kind.BIG_NUMBER),
            6, plain("NFTA_TABLE_USERDATA", Kind.COMMENT));

    static final Map<Integer, MessageAttribute> CHAIN = Map.of(
            1,
            plain("NFTA_CHAIN_TABLE", Kind.TEXT),
            3,
            plain("NFTA_CHAIN_NAME", Kind.TEXT),
            4,
            nest(
                    "NFTA_CHAIN_HOOK",
                    Map.of(
                            1, plain("NFTA_HOOK_HOOKNUM", Kind.BIG_NUMBER),
                            2, plain("NFTA_HOOK_PRIORITY", Kind.BIG_NUMBER))),
            5,
            plain("NFTA_CHAIN_POLICY", Kind.BIG_NUMBER),
            7,
            plain("NFTA_CHAIN_TYPE", Kind.TEXT));

    static final Map<Integer, MessageAttribute> RULE = Map.of(
            1, plain("NFTA_RULE_TABLE", Kind.TEXT),
            2, plain("NFTA_RULE_CHAIN", Kind.TEXT),
            3, plain("NFTA_RULE_HANDLE", Kind.BIG_NUMBER),
            4, nest("NFTA_RULE_EXPRESSIONS", EXPRESSION));

    static final Map<Integer, MessageAttribute> SET = Map.ofEntries(
            Map.entry(1, plain("NFTA_SET_TABLE", Kind.TEXT)),
            Map.entry(2, plain("NFTA_SET_NAME", Kind.TEXT)),
            Map.entry(3, plain("NFTA_SET_FLAGS", Kind.BIG_NUMBER)),
            Map.entry(4, plain("NFTA_SET_KEY_TYPE", Kind.BIG_NUMBER)),
            Map.entry(5, plain("NFTA_SET_KEY_LEN", Kind.BIG_NUMBER)),
            Map.entry(6, plain("NFTA_SET_DATA_TYPE", Kind.BIG_NUMBER)),
            Map.entry(7, plain("NFTA_SET_DATA_LEN", Kind.BIG_NUMBER)),
            Map.entry(10, plain("NFTA_SET_ID", Kind.BIG_NUMBER)),
            Map.entry(17, plain("NFTA_SET_EXPR", Kind.EXPRESSION)));

    static final Map<Integer, MessageAttribute> ELEMENTS = Map.of(
            1, plain("NFTA_SET_ELEM_LIST_TABLE", Kind.TEXT),
            2, plain("NFTA_SET_ELEM_LIST_SET", Kind.TEXT),
            3, nest("NFTA_SET_ELEM_LIST_ELEMENTS", Map.of(LIST_ELEMENT, nest("NFTA_LIST_ELEM", ELEMENT))));

    static final Map<Integer, MessageAttribute> GENERATION = Map.of(1, plain("NFTA_GEN_ID", Kind.BIG_NUMBER));

    private NetfilterAttributes() {}
}
