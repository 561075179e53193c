package io.slipway.linux.netlink;

import io.slipway.linux.Argument;
import java.util.function.Function;

/** What is spoken over a netlink socket (netlink(7)). */
public enum NetlinkProtocol {
    /** Links, addresses and routes: rtnetlink(7). */
    ROUTE(0, bytes -> new RouteMessage(bytes).shown()),
    /** nftables, among others: include/uapi/linux/netfilter/nfnetlink.h. */
    NETFILTER(12, bytes -> new NetfilterMessage(bytes).shown());

    private final int number;
    private final Function<byte[], String> shown;

    NetlinkProtocol(int number, Function<byte[], String> shown) {
        this.number = number;
        this.shown = shown;
    }

    int number() {
        return number;
    }

    String text() {
        return "NETLINK_" + name();
    }

    /** Messages, one behind the other, decoded. */
    Argument message(byte[] bytes) {
        return Argument.text(() -> shown(bytes));
    }

    String shown(byte[] bytes) {
        return shown.apply(bytes);
    }
}
