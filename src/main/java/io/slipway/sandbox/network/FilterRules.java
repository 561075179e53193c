package io.slipway.sandbox.network;

import static io.slipway.linux.nftables.NftRule.IPV4;
import static io.slipway.linux.nftables.NftRule.IPV6;

import io.slipway.linux.nftables.NftBatch;
import io.slipway.linux.nftables.NftChain;
import io.slipway.linux.nftables.NftChain.Hook;
import io.slipway.linux.nftables.NftElement;
import io.slipway.linux.nftables.NftField;
import io.slipway.linux.nftables.NftRule;
import io.slipway.linux.nftables.NftSet;
import java.util.List;

/**
 * The rules of table {@code inet slipway}, the same for all networks: what differs lies in its sets. A packet is looked up in them, so that its way
 * does not become longer with the number of networks and containers. {@code src/docs/networks.md} shows them as {@code nft list} does.
 */
final class FilterRules {
    static final String TABLE = "slipway";
    /** Counted up when the rules change, so that those of an older version are replaced. */
    private static final int VERSION = 1;

    static final NftSet VERSIONS = NftSet.of("rules", NftField.PORT);
    static final NftSet BRIDGES = NftSet.of("bridges", NftField.LINK);
    /** Each bridge with itself: a rule cannot compare two links. */
    static final NftSet WITHIN = NftSet.of("within", NftField.LINK, NftField.LINK);
    /** Bridges whose containers reach nothing but each other and the host. */
    static final NftSet INTERNAL = NftSet.of("internal", NftField.LINK);

    static final NftSet EGRESS_4 = NftSet.of("egress4", NftField.IPV4).counted();
    static final NftSet EGRESS_6 = NftSet.of("egress6", NftField.IPV6).counted();
    /** Ports published at one address of the host. */
    static final NftSet PUBLISHED_4 = NftSet.of("published4", NftField.IPV4, NftField.PROTOCOL, NftField.PORT)
            .to(NftField.IPV4, NftField.PORT);

    static final NftSet PUBLISHED_6 = NftSet.of("published6", NftField.IPV6, NftField.PROTOCOL, NftField.PORT)
            .to(NftField.IPV6, NftField.PORT);
    /** Ports published at all addresses of the host. */
    static final NftSet ANYWHERE_4 =
            NftSet.of("anywhere4", NftField.PROTOCOL, NftField.PORT).to(NftField.IPV4, NftField.PORT);

    static final NftSet ANYWHERE_6 =
            NftSet.of("anywhere6", NftField.PROTOCOL, NftField.PORT).to(NftField.IPV6, NftField.PORT);

    /** What of the kernel the rules use. */
    static final String KERNEL_OPTIONS =
            "CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET, CONFIG_NFT_CT, CONFIG_NFT_NAT, CONFIG_NFT_MASQ, CONFIG_NFT_FIB_INET";

    private static final List<NftSet> SETS = List.of(
            VERSIONS, BRIDGES, WITHIN, INTERNAL, EGRESS_4, EGRESS_6, PUBLISHED_4, PUBLISHED_6, ANYWHERE_4, ANYWHERE_6);

    private static final List<NftChain> CHAINS = List.of(
            new NftChain("first", "filter", Hook.PREROUTING, NftChain.RAW),
            new NftChain("arriving", "nat", Hook.PREROUTING, NftChain.DESTINATION_NAT),
            new NftChain("local", "nat", Hook.OUTPUT, NftChain.DESTINATION_NAT),
            new NftChain("leaving", "nat", Hook.POSTROUTING, NftChain.SOURCE_NAT),
            new NftChain("passing", "filter", Hook.FORWARD, NftChain.FILTER));

    private FilterRules() {}

    /** Makes the table, or brings one of another version to this one; what is in its sets stays. */
    static NftBatch make() {
        NftBatch batch = new NftBatch(TABLE).table();
        CHAINS.forEach(batch::chain);
        SETS.forEach(batch::set);
        batch.deleteRules();
        rules().forEach(batch::rule);
        return batch.add(VERSIONS, List.of(version()));
    }

    /** In {@link #VERSIONS}, if the rules are those of this version. */
    static NftElement version() {
        return new NftElement("").port(VERSION);
    }

    private static List<NftRule> rules() {
        return List.of(
                // The bridges lead what is meant for the host's loopback, so that it can publish ports; nobody else may
                // use that.
                new NftRule("first").cameBy(BRIDGES).family(IPV4).toLoopback().drop(),
                // A neighbour of the host may write 127.0.0.1 on a packet: what is published there is for the host
                // alone.
                new NftRule("arriving").family(IPV4).toLoopback().accept(),
                published("arriving", IPV4, PUBLISHED_4),
                published("arriving", IPV4, ANYWHERE_4),
                published("arriving", IPV6, PUBLISHED_6),
                published("arriving", IPV6, ANYWHERE_6),
                published("local", IPV4, PUBLISHED_4),
                published("local", IPV6, PUBLISHED_6),
                published("local", IPV4, ANYWHERE_4),
                published("local", IPV6, ANYWHERE_6),
                new NftRule("leaving").cameBy(BRIDGES).goesByNone(BRIDGES).masquerade(),
                // By way of the host to a neighbour, or to itself: the answer must come back the same way.
                new NftRule("leaving").passes(WITHIN).redirected().masquerade(),
                new NftRule("leaving")
                        .goesBy(BRIDGES)
                        .family(IPV4)
                        .fromLoopback()
                        .masquerade(),
                new NftRule("passing")
                        .cameBy(BRIDGES)
                        .goesByNone(BRIDGES)
                        .family(IPV4)
                        .from(EGRESS_4),
                new NftRule("passing")
                        .cameBy(BRIDGES)
                        .goesByNone(BRIDGES)
                        .family(IPV6)
                        .from(EGRESS_6),
                new NftRule("passing").passes(WITHIN).accept(),
                new NftRule("passing").cameBy(INTERNAL).drop(),
                new NftRule("passing").goesBy(INTERNAL).drop(),
                new NftRule("passing")
                        .connectionState(NftRule.ESTABLISHED_RELATED)
                        .accept(),
                new NftRule("passing").goesBy(BRIDGES).redirected().accept(),
                new NftRule("passing").goesBy(BRIDGES).drop());
    }

    private static NftRule published(String chain, int family, NftSet map) {
        return new NftRule(chain).family(family).toHost().leadBy(map);
    }
}
