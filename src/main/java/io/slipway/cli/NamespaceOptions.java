package io.slipway.cli;

import io.slipway.base.NearestName;
import io.slipway.sandbox.ClockOffsets;
import io.slipway.sandbox.Connection;
import io.slipway.sandbox.IdRange;
import io.slipway.sandbox.Namespace;
import io.slipway.sandbox.Namespaces;
import io.slipway.sandbox.PublishedPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code slipway run} takes for what a container shares, and with whom. */
final class NamespaceOptions {
    private static final String CONTAINER = "container:";
    private static final String NONE = "none";
    private static final List<String> CLOCKS = List.of("monotonic", "boottime");

    @Option(names = "--hostname", paramLabel = "NAME", description = "Default: its id.")
    private @Nullable String hostname;

    @Option(
            names = "--network",
            paramLabel = "none|NAME|container:ID",
            description = "none: only lo. NAME: one made with 'network create', or default. container: that of another "
                    + "one. Default: none, or with --publish default.")
    private @Nullable String network;

    @Option(
            names = {"-p", "--publish"},
            paramLabel = "[ADDRESS:]PORT:PORT[/udp]",
            description = "A port of the host that leads to one of its own. At 127.0.0.1 unless an address is given; "
                    + "0.0.0.0 and [::] are all addresses.")
    private List<String> ports = new ArrayList<>();

    @Option(
            names = "--join",
            paramLabel = "ID:NS[,NS...]",
            description =
                    "Share namespaces of a running container: user, pid, net, ipc, uts. user, its ids, is always among them.")
    private List<String> joins = new ArrayList<>();

    @Option(
            names = "--host-namespace",
            paramLabel = "NS=REASON",
            description = "Share one of the host: user, pid, net, ipc, uts, cgroup. Say why; inspect shows it.")
    private Map<String, String> host = new LinkedHashMap<>();

    @Option(
            names = "--ids",
            paramLabel = "own|store",
            description = "own: ids of the host that no other container has. store: those that layers are kept with, "
                    + "shared by all such containers; for file systems and kernels without id-mapped mounts. Default: "
                    + "own.")
    private Ids ids = Ids.OWN;

    @Option(
            names = "--sysctl",
            paramLabel = "NAME=VALUE",
            description = "A kernel parameter of its own: net.*, fs.mqueue.*, kernel.msg*, kernel.sem, kernel.shm*.")
    private Map<String, String> sysctls = new LinkedHashMap<>();

    @Option(
            names = "--time-offset",
            paramLabel = "CLOCK=TIME",
            description = "How far a clock of its own is ahead of the host's, or with '-' behind: monotonic, which "
                    + "programs measure by, or boottime, which is the uptime; as boottime=30d. The time of day is "
                    + "always the host's.")
    private Map<String, String> clocks = new LinkedHashMap<>();

    /** Whose ids a container has; in the words of the command line. */
    enum Ids {
        OWN,
        STORE
    }

    /** @param id names the container where nothing else does */
    Namespaces namespaces(String id) {
        Namespaces namespaces = hostname != null ? Namespaces.of(hostname) : Namespaces.ofContainer(id);
        for (Map.Entry<String, String> shared : host.entrySet()) {
            namespaces = namespaces.withHost(Namespace.of(shared.getKey()), shared.getValue());
        }
        if (ids == Ids.STORE) {
            namespaces = namespaces.withUser(IdRange.DEFAULT);
        }
        Map<String, List<Namespace>> joined = joined();
        if (joined.size() > 1) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "the namespaces of one container can be joined, not of several: "
                            + String.join(", ", joined.keySet()));
        }
        for (Map.Entry<String, List<Namespace>> one : joined.entrySet()) {
            namespaces = namespaces.withJoined(new Namespaces.Joined(one.getKey(), one.getValue()));
        }
        Optional<Connection> connection = connection();
        if (connection.isPresent()) {
            namespaces = namespaces.withNetwork(connection.get());
        }
        return namespaces.withSysctls(sysctls).withClocks(offsets());
    }

    private ClockOffsets offsets() {
        for (String clock : clocks.keySet()) {
            if (!CLOCKS.contains(clock)) {
                throw new CommandFailed(
                        ExitCode.USAGE,
                        "--time-offset " + clock + ": there is no such clock"
                                + NearestName.question(clock, CLOCKS) + " A container has of its own: "
                                + String.join(", ", CLOCKS) + " (time_namespaces(7)).");
            }
        }
        return new ClockOffsets(offset(CLOCKS.getFirst()), offset(CLOCKS.getLast()));
    }

    private long offset(String clock) {
        String text = clocks.getOrDefault(clock, "0s");
        boolean behind = text.startsWith("-");
        long seconds = Durations.parse("--time-offset " + clock, behind ? text.substring(1) : text)
                .toSeconds();
        return behind ? -seconds : seconds;
    }

    private Optional<Connection> connection() {
        List<PublishedPort> published = ports.stream().map(PublishedPort::parse).toList();
        boolean joins = network != null && network.startsWith(CONTAINER);
        if (joins || NONE.equals(network)) {
            if (!published.isEmpty()) {
                throw new CommandFailed(
                        ExitCode.USAGE, "--publish needs a network of the container's own: --network NAME");
            }
            return Optional.empty();
        }
        if (network == null) {
            return published.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Connection(Connection.DEFAULT.network(), published));
        }
        return Optional.of(new Connection(network, published));
    }

    private Map<String, List<Namespace>> joined() {
        Map<String, List<Namespace>> joined = new LinkedHashMap<>();
        for (String join : joins) {
            String[] part = join.split(":", -1);
            if (part.length != 2 || part[0].isEmpty()) {
                throw new CommandFailed(ExitCode.USAGE, "--join " + join + " is not ID:NS, as web:net,ipc");
            }
            for (String name : part[1].split(",", -1)) {
                joined.computeIfAbsent(part[0], id -> new ArrayList<>()).add(Namespace.of(name));
            }
        }
        if (network != null && network.startsWith(CONTAINER)) {
            joined.computeIfAbsent(network.substring(CONTAINER.length()), id -> new ArrayList<>())
                    .add(Namespace.NET);
        } else if ("host".equals(network)) {
            throw new CommandFailed(
                    ExitCode.USAGE, "the host's network is shared for a reason only: --host-namespace net='why'");
        }
        return joined;
    }
}
