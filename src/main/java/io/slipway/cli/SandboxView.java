package io.slipway.cli;

import io.slipway.sandbox.Exit;
import io.slipway.sandbox.Sandbox;
import io.slipway.sandbox.SandboxSpec;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A container as the command line shows it. */
final class SandboxView {
    static final String IMAGE = "image";
    private static final int COMMAND_CHARS = 40;

    private SandboxView() {}

    static List<String> header() {
        return List.of("CONTAINER", "IMAGE", "COMMAND", "STARTED", "STATE", "RESTARTS", "PID");
    }

    static List<String> row(Sandbox sandbox) {
        String command = String.join(" ", sandbox.spec().application().argv());
        return List.of(
                sandbox.id(),
                sandbox.spec().labels().getOrDefault(IMAGE, "-"),
                command.length() > COMMAND_CHARS ? command.substring(0, COMMAND_CHARS - 3) + "..." : command,
                sandbox.state() == Sandbox.State.CREATED
                        ? "-"
                        : sandbox.startedAt().toString(),
                sandbox.exit()
                        .filter(exit -> !restarting(sandbox))
                        .map(Exit::text)
                        .orElseGet(() -> upkeep(sandbox)),
                sandbox.supervision().map(it -> Integer.toString(it.restarts())).orElse("-"),
                sandbox.exit().isPresent() ? "-" : Integer.toString(sandbox.pid()));
    }

    /** Whether it has ended, and somebody is about to start it again. */
    static boolean restarting(Sandbox sandbox) {
        return sandbox.exit().isPresent()
                && sandbox.supervision()
                        .filter(it -> it.nextStartAt().isPresent() && it.active())
                        .isPresent();
    }

    /** With how it is, and whether its {@code slipway run} is still there to look after it. */
    private static String upkeep(Sandbox sandbox) {
        String note = sandbox.supervision()
                .map(it -> it.active() ? it.health() : "not looked after")
                .orElse("");
        return state(sandbox) + (note.isEmpty() || sandbox.exit().isPresent() ? "" : " (" + note + ")");
    }

    private static String state(Sandbox sandbox) {
        if (sandbox.state() == Sandbox.State.CREATED) {
            return "created";
        }
        if (sandbox.exit().isPresent()) {
            return restarting(sandbox) ? "restarting" : "ended";
        }
        return sandbox.paused() ? "paused" : "running";
    }

    /** What a command that has changed it prints. */
    static void changed(Sandbox sandbox, RuntimeOptions options, Printer printer) {
        if (options.json()) {
            printer.json(json(sandbox));
        } else {
            printer.line(sandbox.id());
        }
    }

    static ObjectNode json(Sandbox sandbox) {
        ObjectNode node = ApiClient.JSON.createObjectNode();
        node.put("id", sandbox.id());
        node.put(IMAGE, sandbox.spec().labels().getOrDefault(IMAGE, ""));
        node.set("command", strings(sandbox.spec().application().argv()));
        node.put("state", state(sandbox));
        if (sandbox.state() == Sandbox.State.CREATED) {
            return node;
        }
        node.put("startedAt", sandbox.startedAt().toString());
        if (sandbox.exit().isPresent()) {
            node.set("exit", json(sandbox.exit().get()));
        } else {
            node.put("pid", sandbox.pid());
        }
        sandbox.supervision().ifPresent(it -> {
            node.put("restarts", it.restarts());
            if (!it.health().isEmpty() && it.active()) {
                node.put("health", it.health());
            }
        });
        return node;
    }

    static ObjectNode json(Exit exit) {
        return ApiClient.JSON
                .createObjectNode()
                .put("code", exit.code())
                .put(
                        "reason",
                        exit.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                .put("signal", exit.signal())
                .put("text", exit.text())
                .put("at", exit.at().toString());
    }

    /** Everything that is known of it. */
    static JsonNode inspect(Sandbox sandbox) {
        SandboxSpec spec = sandbox.spec();
        ObjectNode node = json(sandbox);
        node.put("hostname", spec.namespaces().hostname());
        node.put("user", spec.application().user());
        node.put("workingDirectory", spec.application().workingDirectory());
        ObjectNode env = node.putObject("env");
        spec.application().env().forEach(env::put);
        node.set("limits", LimitsView.json(spec.limits()));
        SpecView.add(node, spec);
        node.put("oomKills", sandbox.stats().oomKills());
        sandbox.attachment().ifPresent(at -> {
            node.put("address", at.address());
            at.address6().ifPresent(six -> node.put("address6", six));
        });
        sandbox.supervision().ifPresent(it -> UpkeepView.add(node, it));
        node.set(
                "layers",
                strings(spec.root().layers().stream().map(Object::toString).toList()));
        node.set(
                "cgroups",
                strings(sandbox.cgroups().stream().map(Object::toString).toList()));
        node.put("stdout", sandbox.stdoutLog().toString());
        node.put("stderr", sandbox.stderrLog().toString());
        return node;
    }

    private static ArrayNode strings(List<String> texts) {
        ArrayNode array = ApiClient.JSON.createArrayNode();
        texts.forEach(array::add);
        return array;
    }
}
