package io.slipway.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Map;

/** An expression of a rule of nftables, in the words of {@code nft --debug=netlink}. */
final class ExpressionText {
    private static final int NAME = 1;
    private static final int DATA = 2;
    private static final Map<Integer, String> META = Map.of(6, "iifname", 7, "oifname", 15, "nfproto", 16, "l4proto");
    private static final Map<Integer, String> BASES = Map.of(1, "network", 2, "transport");
    private static final Map<Integer, String> CONNECTION = Map.of(0, "state", 2, "status");
    private static final Map<Integer, String> VERDICTS = Map.of(0, "drop", 1, "accept");

    private final NetlinkAttributes data;

    private ExpressionText(NetlinkAttributes data) {
        this.data = data;
    }

    static String of(ByteBuffer value) {
        NetlinkAttributes expression = new NetlinkAttributes(value.order(ByteOrder.nativeOrder()));
        String name = expression.text(NAME);
        return "[ " + new ExpressionText(expression.nested(DATA)).text(name).strip() + " ]";
    }

    private String text(String name) {
        return switch (name) {
            case "meta" -> "meta load " + named(META, 2) + " => reg " + number(1);
            case "ct" -> "ct load " + named(CONNECTION, 2) + " => reg " + number(1);
            case "fib" -> "fib daddr type => reg " + number(1);
            case "payload" ->
                "payload load " + number(4) + "b @ " + named(BASES, 2) + " header + " + number(3) + " => reg "
                        + number(1);
            case "cmp" -> "cmp " + (number(2) == 0 ? "eq" : "neq") + " reg " + number(1) + " " + value(3);
            case "bitwise" ->
                "bitwise reg " + number(2) + " = ( reg " + number(1) + " & " + value(4) + " ) ^ " + value(5);
            case "lookup" ->
                "lookup reg " + number(2) + " set " + data.text(1) + (number(3) < 0 ? "" : " dreg " + number(3))
                        + (number(5) == 1 ? " inverted" : "");
            case "immediate" ->
                "immediate reg 0 "
                        + VERDICTS.getOrDefault(data.nested(2).nested(2).bigU32(1, -1), "verdict");
            case "nat" ->
                (number(1) == 1 ? "nat dnat" : "nat snat") + (number(2) == 2 ? " ip" : " ip6") + " addr_min reg "
                        + number(3) + " proto_min reg " + number(5);
            case "masq" -> "masq";
            case "counter" -> "counter pkts " + big(2) + " bytes " + big(1);
            default -> name + " " + "?";
        };
    }

    private String named(Map<Integer, String> names, int attribute) {
        int number = number(attribute);
        return names.getOrDefault(number, Integer.toString(number));
    }

    private int number(int attribute) {
        return data.bigU32(attribute, -1);
    }

    private String value(int attribute) {
        return "0x" + HexFormat.of().formatHex(data.nested(attribute).bytes(1).orElse(new byte[0]));
    }

    private long big(int attribute) {
        return data.bytes(attribute)
                .map(bytes -> ByteBuffer.wrap(bytes).getLong())
                .orElse(0L);
    }
}
