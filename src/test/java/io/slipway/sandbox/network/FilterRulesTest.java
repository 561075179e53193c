package io.slipway.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.Errno;
import io.slipway.linux.netlink.Ipv4;
import io.slipway.linux.netlink.NetlinkException;
import io.slipway.linux.netlink.NetlinkProtocol;
import io.slipway.linux.nftables.NftBatch;
import io.slipway.linux.nftables.NftElement;
import io.slipway.linux.nftables.Nftables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FilterRulesTest {
    private static final Path DOCUMENT = Path.of("src/docs/networks.md");
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final byte[] INSIDE = Ipv4.parse("10.1.2.3").bytes();
    private static final int TCP = 6;

    private HostNamespace host;
    private Nftables nftables;

    @BeforeEach
    void open() throws Exception {
        host = new HostNamespace();
        nftables = new Nftables(host.socket(NetlinkProtocol.NETFILTER));
    }

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void what_we_make_is_what_nft_makes_of_the_rules_in_the_document() throws Exception {
        int other = (int) host.another().pid();
        host.run(other, documented(), "nft", "-f", "-");
        nftables.commit(FilterRules.make());

        assertThat(listed(host.pid())).isEqualTo(listed(other));
    }

    @Test
    void elements_of_all_kinds_are_what_nft_makes_of_their_text() throws Exception {
        int other = (int) host.another().pid();
        String elements = """
                add element inet slipway bridges { "slipwayab" }
                add element inet slipway within { "slipwayab" . "slipwayab" }
                add element inet slipway egress4 { 10.1.2.3 comment "web-1" }
                add element inet slipway egress6 { fd00::3 }
                add element inet slipway published4 { 127.0.0.1 . tcp . 8080 : 10.1.2.3 . 80 }
                add element inet slipway anywhere6 { udp . 53 comment "dns" : fd00::3 . 5353 }
                """;
        host.run(other, documented() + elements, "nft", "-f", "-");
        nftables.commit(FilterRules.make());
        byte[] six = java.net.InetAddress.getByName("fd00::3").getAddress();
        nftables.commit(new NftBatch(FilterRules.TABLE)
                .add(FilterRules.BRIDGES, List.of(new NftElement("").link("slipwayab")))
                .add(
                        FilterRules.WITHIN,
                        List.of(new NftElement("").link("slipwayab").link("slipwayab")))
                .add(FilterRules.EGRESS_4, List.of(new NftElement("web-1").address(INSIDE)))
                .add(FilterRules.EGRESS_6, List.of(new NftElement("").address(six)))
                .add(FilterRules.PUBLISHED_4, List.of(published("", 8080)))
                .add(
                        FilterRules.ANYWHERE_6,
                        List.of(new NftElement("dns")
                                .protocol(17)
                                .port(53)
                                .leadsTo()
                                .address(six)
                                .port(5353))));

        assertThat(listed(host.pid())).isEqualTo(listed(other));
    }

    @Test
    void making_them_again_changes_nothing_and_keeps_what_is_in_the_sets() throws Exception {
        nftables.commit(FilterRules.make());
        nftables.commit(new NftBatch(FilterRules.TABLE).add(FilterRules.PUBLISHED_4, List.of(published("web", 8080))));
        String before = listed(host.pid());
        nftables.commit(FilterRules.make());

        assertThat(listed(host.pid())).isEqualTo(before).contains("8080").contains("web");
    }

    @Test
    void a_batch_is_done_whole_or_not_at_all_and_says_what_was_refused() throws Exception {
        nftables.commit(FilterRules.make());
        nftables.commit(new NftBatch(FilterRules.TABLE).addNew(FilterRules.PUBLISHED_4, List.of(published("a", 8080))));
        String before = listed(host.pid());

        assertThatThrownBy(() -> nftables.commit(new NftBatch(FilterRules.TABLE)
                        .add(FilterRules.EGRESS_4, List.of(new NftElement("").address(INSIDE)))
                        .addNew(FilterRules.PUBLISHED_4, List.of(published("b", 8080)))))
                .isInstanceOf(NetlinkException.class)
                .hasMessageContaining("add to set published4")
                .hasMessageContaining("EEXIST");
        assertThat(listed(host.pid())).isEqualTo(before);
    }

    @Test
    void a_batch_for_an_older_generation_is_refused() throws Exception {
        nftables.commit(FilterRules.make());
        int generation = nftables.generation();
        host.run("nft", "add table ip foreign");

        assertThatThrownBy(() -> nftables.commit(
                        new NftBatch(FilterRules.TABLE).since(generation).deleteTable()))
                .isInstanceOfSatisfying(
                        NetlinkException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ERESTART));
        nftables.commit(
                new NftBatch(FilterRules.TABLE).since(nftables.generation()).deleteTable());
        assertThat(host.run("nft", "list", "tables")).isEqualTo("table ip foreign\n");
    }

    @Test
    void an_element_is_found_with_its_comment_and_what_it_counted() throws Exception {
        nftables.commit(FilterRules.make());
        assertThat(nftables.element(FilterRules.TABLE, FilterRules.VERSIONS, FilterRules.version()))
                .isPresent();
        assertThat(nftables.element("nothing", FilterRules.VERSIONS, FilterRules.version()))
                .isEmpty();
        NftElement inside = new NftElement("web-1").address(INSIDE);
        assertThat(nftables.element(FilterRules.TABLE, FilterRules.EGRESS_4, inside))
                .isEmpty();
        nftables.commit(new NftBatch(FilterRules.TABLE).add(FilterRules.EGRESS_4, List.of(inside)));
        assertThat(nftables.element(FilterRules.TABLE, FilterRules.EGRESS_4, inside))
                .contains(new Nftables.Counted("0a010203", "", "web-1", 0, 0));
        assertThat(nftables.elements(FilterRules.TABLE, FilterRules.EGRESS_4))
                .containsExactly(new Nftables.Counted("0a010203", "", "web-1", 0, 0));
        assertThat(nftables.elements(FilterRules.TABLE, FilterRules.EGRESS_6)).isEmpty();
    }

    private static NftElement published(String comment, int port) {
        return new NftElement(comment)
                .address(LOOPBACK)
                .protocol(TCP)
                .port(port)
                .leadsTo()
                .address(INSIDE)
                .port(80);
    }

    private String documented() throws Exception {
        String text = Files.readString(DOCUMENT);
        int begin = text.indexOf("```nft\n") + "```nft\n".length();
        return text.substring(begin, text.indexOf("```", begin));
    }

    /** Without the numbers that the kernel gives in order of making. */
    private String listed(int namespace) throws Exception {
        return host.run(namespace, "", "nft", "-j", "list", "table", "inet", "slipway")
                .replaceAll("\"handle\": [0-9]+", "\"handle\": 0");
    }
}
