package io.slipway.sandbox.script;

import static io.slipway.sandbox.script.ShellWord.object;
import static io.slipway.sandbox.script.ShellWord.quoted;

import io.slipway.linux.CallResult;
import io.slipway.linux.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The messages that make a container's network, as lines of ip(8): the host's part, and what is done in the container's namespace. */
final class NetworkLines {
    private static final Pattern FIRST_OF_MESSAGE = Pattern.compile("(?=\\{\\{RTM_)");
    private static final String BRIDGE = "\"$bridge\"";
    private static final int LOOPBACK = 1;
    /** Of the namespace that the script holds by process {@code $net}. */
    private static final String THERE = "nsenter --net=/proc/$net/ns/net ";

    private final List<String> bridge = new ArrayList<>();
    private final List<String> pair = new ArrayList<>();
    private final List<String> filter = new ArrayList<>();
    /** What stands for the bridge's name in a shell; empty until it is known. */
    private String name = "";

    private boolean within;

    NetworkLines(List<CallResult> agent) {
        agent.stream().filter(call -> call.purpose() == Purpose.NETWORK).forEach(this::take);
    }

    private void take(CallResult call) {
        switch (call.call()) {
            case "setns" -> within = object(call, 0).contains(" of pid ");
            case "sendto" ->
                FIRST_OF_MESSAGE.splitAsStream(call.arguments().get(1)).forEach(this::message);
            case "write" -> setting(object(call, 0), call);
            default -> {
                // Namespaces and sockets are the tool's own affair.
            }
        }
        if (call.call().equals("sendto") && call.text().contains("NFNL_MSG_BATCH_BEGIN")) {
            filter.add("#   " + oneLine(call.text()));
        }
    }

    private void message(String message) {
        if (name.isEmpty()
                && message.matches("(?s)\\{\\{RTM_(GET|NEW)LINK.*")
                && !kind(message).equals("veth")) {
            // It is looked for before anything else is sent.
            name = name(message);
        }
        if (message.startsWith("{{RTM_NEWLINK") && kind(message).equals("bridge")) {
            bridge.add("if [ ! -e /sys/class/net/" + BRIDGE + " ]; then");
            bridge.add("  ip link add name " + BRIDGE + " address " + value(message, "IFLA_ADDRESS") + " mtu "
                    + value(message, "IFLA_MTU") + " type bridge" + shown(message));
            bridge.add("  made_bridge=$bridge");
            bridge.add("fi");
        } else if (message.startsWith("{{RTM_NEWLINK") && kind(message).equals("veth")) {
            pair(message);
        } else if (message.startsWith("{{RTM_NEWLINK") && message.contains("ifi_change=IFF_UP")) {
            add("ip link set " + link(value(message, "ifi_index")) + " up", message);
        } else if (message.startsWith("{{RTM_NEWADDR")) {
            address(message);
        } else if (message.startsWith("{{RTM_NEWROUTE")) {
            add("ip route add default via " + value(message, "RTA_GATEWAY"), message);
        }
    }

    private void pair(String message) {
        String peer = message.substring(message.indexOf("VETH_INFO_PEER"));
        pair.add("ip link add name \"$link\" mtu " + value(message, "IFLA_MTU") + " type veth peer name "
                + name(peer) + " address " + value(peer, "IFLA_ADDRESS") + " mtu " + value(peer, "IFLA_MTU")
                + " netns \"$net\"" + shown(message));
        if (name.isEmpty()) {
            // Whoever planned knew it already, by its number.
            name = "$(ip -o link | sed -n 's/^" + value(message, "IFLA_MASTER") + ": \\([^:@]*\\).*/\\1/p')";
        }
        pair.add("ip link set \"$link\" master " + BRIDGE + " up");
    }

    private void address(String message) {
        String last = value(message, "IFA_BROADCAST");
        add(
                "ip addr replace " + value(message, "IFA_LOCAL") + "/" + value(message, "ifa_prefixlen")
                        + (last.isEmpty() ? " nodad" : " brd " + last) + " dev " + link(value(message, "ifa_index")),
                message);
    }

    /** A kernel parameter of a link. */
    private void setting(String file, CallResult call) {
        String write = "echo " + quoted(ShellWord.text(call, 1)) + " > " + file;
        if (within) {
            pair.add(THERE + "sh -c " + quoted("[ ! -e " + file + " ] || " + write) + "  # " + call.text());
        } else {
            bridge.add("[ ! -e " + file + " ] || " + write + "  # " + call.text());
        }
    }

    private void add(String line, String message) {
        if (within) {
            pair.add(THERE + line + shown(message));
        } else {
            bridge.add(line + shown(message));
        }
    }

    private String link(String index) {
        return !within ? BRIDGE : index.equals(Integer.toString(LOOPBACK)) ? "lo" : "eth0";
    }

    /** Whether the container has a network beyond lo. */
    boolean present() {
        return !pair.isEmpty();
    }

    /** What is done on the host, before there is a container. */
    List<String> bridge() {
        List<String> lines = new ArrayList<>(List.of(
                "",
                "# ---- network: its network devices, addresses and routes",
                "# The address is one that was free when this was written, and no lease of it is taken: a container that is",
                "# started meanwhile may be given the same."));
        if (!filter.isEmpty()) {
            lines.add(
                    "# The packet filter is left as it is: nothing is published, and what the container sends to other machines");
            lines.add(
                    "# has the host's address for its sender only if the filter does that for the bridge already. Slipway sends:");
        }
        lines.addAll(filter);
        lines.add("bridge=" + name);
        lines.addAll(bridge);
        return lines;
    }

    /** What joins the namespace of process {@code $net} to the bridge. */
    List<String> pair() {
        List<String> lines = new ArrayList<>(List.of(
                "# Its two ends: one on the bridge, one in the container. Slipway names the first by the container's id.",
                "link=slipway$$"));
        lines.addAll(pair);
        return lines;
    }

    private static String kind(String message) {
        return found(message, "IFLA_INFO_KIND=\"([^\"]*)\"").orElse("");
    }

    private static String name(String message) {
        return found(message, "IFLA_IFNAME=\"([^\"]*)\"").orElse("");
    }

    /** Of the first attribute or field of this name; empty if there is none. */
    private static String value(String message, String name) {
        return found(message, name + "=([0-9a-fA-F.:/]+)").orElse("");
    }

    private static Optional<String> found(String text, String pattern) {
        var matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static String shown(String message) {
        return "  # " + oneLine(message.replaceFirst("[,\\]] *$", ""));
    }

    private static String oneLine(String text) {
        return text.replace("\n", " ");
    }
}
