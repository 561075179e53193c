package io.slipway.cli;

import io.slipway.linux.CallResult;
import io.slipway.sandbox.Explanation;
import io.slipway.sandbox.Sandboxes;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code slipway explain}. */
@Command(name = "explain", description = "Every system call that made a container, with its result and time.")
final class ExplainCommand extends SandboxCommand {
    @Parameters(paramLabel = "CONTAINER")
    private String id = "";

    @Override
    int run(Sandboxes sandboxes) throws IOException {
        Explanation explanation = RuntimeOptions.find(sandboxes, id).explain();
        if (options().json()) {
            ArrayNode array = ApiClient.JSON.createArrayNode();
            explanation.calls().forEach(call -> array.add(json(call)));
            printer().json(array);
        } else {
            explanation.lines().forEach(printer()::line);
        }
        return ExitCode.DONE;
    }

    private static ObjectNode json(CallResult call) {
        ObjectNode node = ApiClient.JSON.createObjectNode().put("by", call.by()).put("call", call.call());
        ArrayNode arguments = node.putArray("arguments");
        call.arguments().forEach(arguments::add);
        node.put("result", call.result());
        if (call.failed()) {
            node.put("errno", call.errnoName());
            node.put("passedOver", call.mayFail());
        }
        if (!Double.isNaN(call.micros())) {
            node.put("micros", Math.round(call.micros() * 10) / 10.0);
        }
        return node;
    }
}
