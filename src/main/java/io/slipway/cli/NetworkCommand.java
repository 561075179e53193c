package io.slipway.cli;

import io.slipway.linux.netlink.Ipv4Network;
import io.slipway.sandbox.network.BridgeNetwork;
import io.slipway.sandbox.network.NetworkOptions;
import io.slipway.sandbox.network.Networks;
import io.slipway.sandbox.network.Networks.Described;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code slipway network}. */
@Command(
        name = "network",
        description = "Make, see and remove the networks that containers are joined to by name.",
        footer = {
            "",
            "Containers of one network reach each other, the host, and other machines by way of it; none of "
                    + "another network. From elsewhere only ports published with 'run --publish' are reached. Network "
                    + "'default' is made when a container asks for it. Of the host's packet filter only table inet "
                    + "slipway is touched."
        })
final class NetworkCommand extends CommandGroup {
    private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");

    @Command(name = "create", description = "Make a network.")
    int create(
            @Parameters(paramLabel = "NAME", description = "1 to 31 of a-z, 0-9 and dash.") String name,
            @Option(
                            names = "--subnet",
                            paramLabel = "NETWORK",
                            description = "IPv4 addresses, as 10.1.16.0/20. Default: one that the host has no use for.")
                    @Nullable
                    String subnet,
            @Option(
                            names = "--mtu",
                            paramLabel = "BYTES",
                            description = "Largest packet. Default: that of the host's way out.")
                    @Nullable
                    Integer mtu,
            @Option(names = "--internal", description = "Its containers reach nothing but each other and the host.")
                    boolean internal,
            @Option(names = "--no-ipv6", description = "No IPv6 addresses. Default: of a unique local /64.")
                    boolean noIpv6,
            @Mixin RuntimeOptions options)
            throws IOException {
        options.needRoot();
        try {
            NetworkOptions wanted = new NetworkOptions(
                    java.util.Optional.ofNullable(subnet).map(Ipv4Network::parse),
                    mtu == null ? OptionalInt.empty() : OptionalInt.of(mtu),
                    !noIpv6,
                    internal);
            show(options.networks().create(name, wanted), options);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailed(ExitCode.FAILED, "there is a network '" + name + "' already");
        }
        if (!internal && !Files.readString(FORWARDING).strip().equals("1")) {
            tell("this host forwards no packets (net.ipv4.ip_forward is 0): containers of " + name
                    + " reach each other and the host, and no other machine. 'sysctl -w net.ipv4.ip_forward=1' changes that; "
                    + "--internal says that it is meant.");
        }
        return ExitCode.DONE;
    }

    @Command(name = "ls", description = "All networks, and the containers on each.")
    int ls(@Mixin RuntimeOptions options) throws IOException {
        options.needRoot();
        List<Described> all = options.networks().list();
        if (options.json()) {
            ArrayNode list = ApiClient.JSON.createArrayNode();
            all.forEach(network -> list.add(json(network)));
            printer().json(list);
        } else {
            printer()
                    .table(
                            List.of("NETWORK", "SUBNET", "IPV6", "BRIDGE", "CONTAINERS"),
                            all.stream().map(NetworkCommand::row).toList());
        }
        return ExitCode.DONE;
    }

    @Command(name = "inspect", description = "Everything that is known of a network, as JSON.")
    int inspect(@Parameters(paramLabel = "NAME") String name, @Mixin RuntimeOptions options) throws IOException {
        options.needRoot();
        printer().json(json(find(options.networks(), name)));
        return ExitCode.DONE;
    }

    @Command(name = "rm", description = "Remove networks that no container is on.")
    int rm(@Parameters(paramLabel = "NAME", arity = "1..*") List<String> names, @Mixin RuntimeOptions options)
            throws IOException {
        options.needRoot();
        for (String name : names) {
            find(options.networks(), name);
            options.networks().remove(name);
            printer().removed("name", name, options.json());
        }
        return ExitCode.DONE;
    }

    private static Described find(Networks networks, String name) throws IOException {
        try {
            return networks.describe(name)
                    .orElseThrow(() -> new CommandFailed(
                            ExitCode.FAILED,
                            "there is no network '" + name + "'. See them with 'slipway network ls'."));
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private void show(Described network, RuntimeOptions options) {
        if (options.json()) {
            printer().json(json(network));
        } else {
            printer().line(network.name());
        }
    }

    private static List<String> row(Described network) {
        return List.of(
                network.name() + (network.internal() ? " (internal)" : ""),
                network.subnet(),
                network.subnet6().isEmpty() ? "-" : network.subnet6() + "/64",
                network.bridge(),
                String.join(
                        " ",
                        network.members().stream()
                                .map(BridgeNetwork.Member::sandboxId)
                                .toList()));
    }

    private static ObjectNode json(Described network) {
        ObjectNode node = ApiClient.JSON
                .createObjectNode()
                .put("name", network.name())
                .put("subnet", network.subnet())
                .put("bridge", network.bridge())
                .put("mtu", network.mtu())
                .put("internal", network.internal());
        if (!network.subnet6().isEmpty()) {
            node.put("subnet6", network.subnet6() + "/64");
        }
        ArrayNode containers = node.putArray("containers");
        for (BridgeNetwork.Member member : network.members()) {
            ObjectNode one =
                    containers.addObject().put("id", member.sandboxId()).put("address", member.address());
            member.address6().ifPresent(six -> one.put("address6", six));
            ArrayNode ports = one.putArray("ports");
            member.ports().forEach(port -> ports.add(port.toString()));
        }
        return node;
    }
}
