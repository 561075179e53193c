package io.slipway.sandbox.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.linux.netlink.NetlinkProtocol;
import io.slipway.linux.nftables.Nftables;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.Network;
import io.slipway.sandbox.PublishedPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who reaches whom: a host in a namespace of ours, with another machine on its network, and containers behind it. */
class ReachTest {
    private static final String HOST = "192.0.2.1";
    private static final String MACHINE = "192.0.2.2";
    private static final String HOST_6 = "2001:db8::1";
    private static final String MACHINE_6 = "2001:db8::2";

    @TempDir
    private Path temp;

    private HostNamespace host;
    private int machine;
    private final List<BridgeNetwork> networks = new ArrayList<>();

    @BeforeEach
    void a_host_and_a_machine() throws Exception {
        host = new HostNamespace();
        machine = (int) host.another().pid();
        host.run("ip", "link", "add", "slipwayup", "type", "veth", "peer", "name", "eth0", "netns", "" + machine);
        for (String[] one : new String[][] {{HOST + "/24", HOST_6 + "/64", "slipwayup"}}) {
            host.run("ip", "address", "add", one[0], "dev", one[2]);
            host.run("ip", "address", "add", one[1], "dev", one[2], "nodad");
            host.run("ip", "link", "set", one[2], "up");
        }
        in(
                machine,
                "ip address add " + MACHINE + "/24 dev eth0; ip address add " + MACHINE_6 + "/64 dev eth0 nodad; "
                        + "ip link set eth0 up; ip link set lo up");
        host.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
    }

    @AfterEach
    void nothing_is_left_of_the_networks() throws Exception {
        try {
            for (BridgeNetwork network : networks) {
                network.deleteBridge();
            }
            assertThat(host.run("nft", "list", "ruleset")).isEmpty();
            assertThat(host.run("ip", "-o", "link").lines()).noneMatch(link -> link.contains("slipwayt"));
        } finally {
            host.close();
        }
    }

    @Test
    void a_port_published_at_the_loopback_is_reached_by_the_host_alone() throws Exception {
        BridgeNetwork network = network("slipwayt1", NetworkOptions.DEFAULT);
        String address = serving(network, "web", "8080:80");
        int neighbour = container();
        String gateway = join(network, "neighbour", neighbour).gateway();

        assertThat(get(host.pid(), "127.0.0.1:8080")).isEqualTo("web");
        assertThat(get(host.pid(), address + ":80")).isEqualTo("web");
        assertThat(fails(machine, HOST + ":8080")).contains("curl: (7)");
        assertThat(fails(neighbour, gateway + ":8080")).contains("curl: (7)");
        // A machine may write 127.0.0.1 on what it sends to the host, and a container on what it sends by its network.
        in(
                machine,
                "sysctl -qw net.ipv4.conf.all.route_localnet=1; ip address del 127.0.0.1/8 dev lo; ip route add 127.0.0.1 via "
                        + HOST);
        in(
                neighbour,
                "sysctl -qw net.ipv4.conf.all.route_localnet=1; ip address del 127.0.0.1/8 dev lo; ip route add 127.0.0.1 via "
                        + gateway);
        fails(machine, "127.0.0.1:8080");
        fails(neighbour, "127.0.0.1:8080");
    }

    @Test
    void a_port_published_everywhere_is_reached_by_machines_the_host_and_containers_by_either_protocol()
            throws Exception {
        BridgeNetwork network = network("slipwayt1", NetworkOptions.DEFAULT);
        serving(network, "web", "0.0.0.0:8080:80", "[::]:8080:80");
        int neighbour = container();
        join(network, "neighbour", neighbour);

        assertThat(get(machine, HOST + ":8080")).isEqualTo("web");
        assertThat(get(machine, "[" + HOST_6 + "]:8080")).isEqualTo("web");
        assertThat(get(host.pid(), "127.0.0.1:8080")).isEqualTo("web");
        assertThat(get(host.pid(), HOST + ":8080")).isEqualTo("web");
        // To a neighbour by way of the host.
        assertThat(get(neighbour, HOST + ":8080")).isEqualTo("web");
        network.detach("web", Connection.DEFAULT);
        assertThat(fails(machine, HOST + ":8080")).contains("curl: (7)");
    }

    @Test
    void containers_reach_machines_behind_the_hosts_address_and_what_they_send_is_counted() throws Exception {
        BridgeNetwork network = network("slipwayt1", NetworkOptions.DEFAULT);
        serve(machine, "machine");
        int inside = container();
        Network.Attachment there = join(network, "one", inside);
        serve(inside, "inside");

        assertThat(get(inside, MACHINE)).isEqualTo("machine");
        assertThat(get(inside, "[" + MACHINE_6 + "]")).isEqualTo("machine");
        Network.Traffic before = network.traffic("one", Connection.DEFAULT).orElseThrow();
        in(inside, "busybox ping -c 3 -i 0.01 -s 1000 -W 20 " + MACHINE);
        in(inside, "busybox ping -c 3 -i 0.01 -s 1000 -W 20 " + there.gateway());
        Network.Traffic after = network.traffic("one", Connection.DEFAULT).orElseThrow();
        // 1,000 bytes with 8 of ICMP and 20 of IP; those to the host itself have left no host.
        assertThat(after.egress().orElseThrow() - before.egress().orElseThrow()).isEqualTo(3 * 1028);
        assertThat(after.sent().orElseThrow() - before.sent().orElseThrow()).isGreaterThanOrEqualTo(6 * 1028);
        assertThat(after.received().orElseThrow() - before.received().orElseThrow())
                .isGreaterThanOrEqualTo(6 * 1028);
        // And none is reached from a machine that sends to it by way of the host.
        in(
                machine,
                "ip route add " + network.subnet() + " via " + HOST + "; ip route add " + network.subnet6() + " via "
                        + HOST_6);
        fails(machine, there.address());
        fails(machine, "[" + there.address6().orElseThrow() + "]");
    }

    @Test
    void containers_of_one_network_reach_each_other_and_none_of_another() throws Exception {
        BridgeNetwork one = network("slipwayt1", NetworkOptions.DEFAULT);
        BridgeNetwork other = network("slipwayt2", NetworkOptions.DEFAULT);
        int first = container();
        int second = container();
        int third = container();
        Network.Attachment at = join(one, "first", first);
        join(one, "second", second);
        join(other, "third", third);
        serve(first, "first");

        assertThat(get(second, at.address())).isEqualTo("first");
        assertThat(get(second, "[" + at.address6().orElseThrow() + "]")).isEqualTo("first");
        fails(third, at.address());
        fails(third, "[" + at.address6().orElseThrow() + "]");
        // Not only for want of a way.
        assertThat(get(host.pid(), at.address())).isEqualTo("first");
        host.run("nft", "flush", "chain", "inet", "slipway", "passing");
        assertThat(get(third, at.address())).isEqualTo("first");
    }

    @Test
    void containers_of_an_internal_network_reach_each_other_and_the_host_alone() throws Exception {
        BridgeNetwork network = network("slipwayt1", NetworkOptions.DEFAULT.withInternal(true));
        serve(machine, "machine");
        serve(host.pid(), "host");
        int inside = container();
        Network.Attachment there = join(network, "one", inside);
        serving(network, "web", "8080:80");

        assertThat(get(inside, there.gateway())).isEqualTo("host");
        assertThat(get(host.pid(), "127.0.0.1:8080")).isEqualTo("web");
        fails(inside, MACHINE);
        assertThatThrownBy(() -> serving(network, "more", "0.0.0.0:8081:80")).hasMessageContaining("internal");
    }

    @Test
    void a_port_leads_to_one_container_and_the_error_names_it() throws Exception {
        BridgeNetwork network = network("slipwayt1", NetworkOptions.DEFAULT);
        serving(network, "web", "8080:80", "8081:81/udp");
        String before = host.run("nft", "list", "ruleset");

        assertThatThrownBy(() -> serving(network, "other", "8082:80", "8080:80"))
                .hasMessageContaining("port 8080/tcp at 127.0.0.1 leads to container web already");
        assertThat(host.run("nft", "list", "ruleset")).isEqualTo(before);
        assertThat(host.run("nft", "list", "map", "inet", "slipway", "published4"))
                .contains("127.0.0.1 . tcp . 8080 comment \"web\"")
                .contains("127.0.0.1 . udp . 8081 comment \"web\"");
    }

    @Test
    void rules_that_somebody_has_flushed_come_back_with_the_next_container_and_with_the_next_look() throws Exception {
        BridgeNetwork network = network("slipwayt1", NetworkOptions.DEFAULT);
        serving(network, "web", "8080:80");
        host.run("nft", "flush", "ruleset");
        fails(host.pid(), "127.0.0.1:8080");
        join(network, "next", container());
        assertThat(get(host.pid(), "127.0.0.1:8080")).isEqualTo("web");

        host.run("nft", "flush", "ruleset");
        network.reconcile(java.util.Set.of("web", "next"));
        assertThat(get(host.pid(), "127.0.0.1:8080")).isEqualTo("web");
        network.detach("next", Connection.DEFAULT);
    }

    /** As Docker and ufw have them: iptables by nftables, forwarding refused but for what is theirs. */
    @Test
    void beside_rules_that_refuse_forwarding_the_host_gets_there_and_others_do_once_these_let_pass_what_is_ours()
            throws Exception {
        host.run(host.pid(), """
                table ip filter {
                  chain DOCKER-USER { }
                  chain FORWARD { type filter hook forward priority 0; policy drop; jump DOCKER-USER; iifname "docker0" accept; }
                  chain INPUT { type filter hook input priority 0; policy accept; ct state established,related accept; }
                }
                table ip nat {
                  chain POSTROUTING { type nat hook postrouting priority 100; ip saddr 172.17.0.0/16 masquerade; }
                  chain PREROUTING { type nat hook prerouting priority -100; tcp dport 9999 dnat to 172.17.0.2; }
                }
                table inet firewall {
                  chain out { type filter hook output priority 0; policy accept; tcp dport 25 drop; }
                }
                """, "nft", "-f", "-");
        String foreign = host.run("nft", "list", "ruleset");
        BridgeNetwork network = network("slipwayt1", NetworkOptions.DEFAULT.withIpv6(false));
        serving(network, "web", "8080:80");
        serving(network, "open", "0.0.0.0:8081:80");
        serve(machine, "machine");
        int inside = container();
        join(network, "one", inside);

        assertThat(get(host.pid(), "127.0.0.1:8080")).isEqualTo("web");
        assertThat(get(host.pid(), "127.0.0.1:8081")).isEqualTo("open");
        fails(inside, MACHINE);
        fails(machine, HOST + ":8081");
        assertThat(new Nftables(host.socket(NetlinkProtocol.NETFILTER)).chains())
                .filteredOn(Nftables.BaseChain::drops)
                .extracting(chain -> chain.family() + " " + chain.table() + " " + chain.name() + " " + chain.hook())
                .containsExactly("ip filter FORWARD 2");
        // What doctor says to do.
        host.run("nft", "add rule ip filter DOCKER-USER iifname \"slipway*\" accept");
        host.run("nft", "add rule ip filter DOCKER-USER oifname \"slipway*\" accept");
        assertThat(get(inside, MACHINE)).isEqualTo("machine");
        assertThat(get(machine, HOST + ":8081")).isEqualTo("open");
        host.run("nft", "flush", "chain", "ip", "filter", "DOCKER-USER");
        network.deleteBridge();
        networks.clear();
        assertThat(host.run("nft", "list", "ruleset")).isEqualTo(foreign);
        host.run("nft", "flush", "ruleset");
    }

    @Test
    void the_links_have_the_mtu_that_was_asked_for_or_that_of_the_way_out() throws Exception {
        host.run("ip", "link", "set", "slipwayup", "mtu", "1400");
        host.run("ip", "route", "add", "default", "via", MACHINE);
        int usual = container();
        join(network("slipwayt1", NetworkOptions.DEFAULT), "usual", usual);
        int small = container();
        join(network("slipwayt2", NetworkOptions.DEFAULT.withMtu(1280)), "small", small);

        assertThat(in(usual, "ip link show eth0")).contains("mtu 1400");
        assertThat(in(small, "ip link show eth0")).contains("mtu 1280");
        assertThat(host.run("ip", "link", "show", "slipwayt2")).contains("mtu 1280");
    }

    private BridgeNetwork network(String bridge, NetworkOptions options) throws Exception {
        BridgeNetwork network = BridgeNetwork.open(temp.resolve(bridge), bridge, options, HostSide.of(host.pid()));
        networks.add(network);
        return network;
    }

    private int container() throws Exception {
        return (int) host.another().pid();
    }

    private static Network.Attachment join(BridgeNetwork network, String id, int pid) throws Exception {
        return network.attach(id, Connection.DEFAULT, pid);
    }

    private String serving(BridgeNetwork network, String id, String... ports) throws Exception {
        int pid = container();
        List<PublishedPort> published =
                List.of(ports).stream().map(PublishedPort::parse).toList();
        String address =
                network.attach(id, new Connection("default", published), pid).address();
        serve(pid, id);
        return address;
    }

    private void serve(int pid, String text) throws Exception {
        Path directory = Files.createDirectories(temp.resolve("served-" + text));
        Files.writeString(directory.resolve("index.html"), text);
        host.start(pid, "busybox", "httpd", "-f", "-p", "80", "-h", directory.toString());
        // It answers once it listens.
        host.run(pid, "", "sh", "-c", "until curl -s --noproxy '*' -m 5 -o /dev/null http://127.0.0.1/; do :; done");
    }

    private String get(int from, String place) throws Exception {
        return in(from, "curl -sS -g --noproxy '*' -m 20 http://" + place + "/");
    }

    /** What it says when it does not get there. */
    private String fails(int from, String place) throws Exception {
        return in(from, "! curl -sS -g --noproxy '*' -m 1 http://" + place + "/");
    }

    private String in(int namespace, String script) throws Exception {
        return host.run(namespace, "", "sh", "-ec", script);
    }
}
