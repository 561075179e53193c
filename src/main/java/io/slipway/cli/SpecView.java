package io.slipway.cli;

import io.slipway.sandbox.ClockOffsets;
import io.slipway.sandbox.Namespace;
import io.slipway.sandbox.Namespaces;
import io.slipway.sandbox.Privileges;
import io.slipway.sandbox.Root;
import io.slipway.sandbox.SandboxSpec;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a container may see and do, as {@code inspect} tells it: also what it shares with others, and why. */
final class SpecView {
    private SpecView() {}

    static void add(ObjectNode node, SandboxSpec spec) {
        namespaces(node.putObject("namespaces"), spec.namespaces());
        ObjectNode sysctls = node.putObject("sysctls");
        spec.namespaces().sysctls().forEach(sysctls::put);
        privileges(node, spec.privileges());
        node.put("readOnly", spec.root().readOnly());
        mounts(node.putArray("mounts"), spec.root());
        node.putObject("log")
                .put("fileBytesMax", spec.log().segmentBytes())
                .put("filesMax", spec.log().segments());
        node.put("input", spec.console().input());
        node.put("terminal", spec.console().terminal().isPresent());
        node.put("atEnd", spec.atEnd().name().toLowerCase(Locale.ROOT));
    }

    private static void namespaces(ObjectNode node, Namespaces namespaces) {
        for (Namespace namespace : Namespace.values()) {
            ObjectNode one = node.putObject(namespace.text());
            if (namespaces.own(namespace)) {
                one.put("of", "itself");
            } else if (namespaces.host().containsKey(namespace)) {
                one.put("of", "host").put("reason", namespaces.host().get(namespace));
            } else {
                one.put("of", "container")
                        .put("container", namespaces.joined().orElseThrow().container());
            }
        }
        ClockOffsets clocks = namespaces.clocks();
        node.putObject("time")
                .put("of", clocks.equals(ClockOffsets.NONE) ? "host" : "itself")
                .put("monotonicOffsetSeconds", clocks.monotonicSeconds())
                .put("boottimeOffsetSeconds", clocks.boottimeSeconds());
        namespaces.network().ifPresent(connection -> {
            ObjectNode net = (ObjectNode) node.path(Namespace.NET.text());
            ArrayNode ports = net.put("network", connection.network()).putArray("ports");
            connection.ports().forEach(port -> ports.add(port.toString()));
        });
        namespaces
                .user()
                .ifPresent(range -> ((ObjectNode) node.path(Namespace.USER.text()))
                        .put("firstHostId", range.first())
                        .put("count", range.count()));
    }

    private static void privileges(ObjectNode node, Privileges privileges) {
        ArrayNode capabilities = node.putArray("capabilities");
        privileges.capabilities().forEach(capabilities::add);
        ObjectNode limits = node.putObject("resourceLimits");
        privileges
                .resourceLimits()
                .forEach(limit ->
                        limits.putObject(limit.name()).put("soft", limit.soft()).put("hard", limit.hard()));
        node.put("oomScoreAdj", privileges.oomScoreAdj().orElse(0));
    }

    private static void mounts(ArrayNode mounts, Root root) {
        root.binds()
                .forEach(bind -> mounts.addObject()
                        .put("type", "bind")
                        .put("source", bind.source().toString())
                        .put("target", bind.target())
                        .put("readOnly", bind.readOnly())
                        .put("idMapped", bind.idMapped()));
        root.volumes()
                .forEach(volume -> mounts.addObject()
                        .put("type", "volume")
                        .put("source", volume.name())
                        .put("target", volume.target())
                        .put("readOnly", volume.readOnly()));
        root.tmpfs()
                .forEach(tmpfs -> mounts.addObject()
                        .put("type", "tmpfs")
                        .put("target", tmpfs.target())
                        .put("sizeBytes", tmpfs.sizeBytes())
                        .put("mode", Integer.toOctalString(tmpfs.mode()))
                        .put("executable", tmpfs.executable()));
        root.secrets()
                .forEach(secret -> mounts.addObject()
                        .put("type", "secret")
                        .put("source", secret.name())
                        .put("target", secret.target())
                        .put("readOnly", true));
    }
}
