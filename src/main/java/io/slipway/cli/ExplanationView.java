package io.slipway.cli;

import io.slipway.linux.CallResult;
import io.slipway.sandbox.CallWords;
import io.slipway.sandbox.Explanation;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An explanation as JSON: by purpose, each call with its arguments named as the manual names them. */
final class ExplanationView {
    private ExplanationView() {}

    static ObjectNode json(Explanation explanation) {
        ObjectNode node = ApiClient.JSON
                .createObjectNode()
                .put("planned", explanation.planned())
                .put("calls", explanation.calls().size());
        if (!explanation.planned()) {
            node.put("micros", tenths(explanation.micros()));
        }
        ArrayNode groups = node.putArray("groups");
        explanation.groups().forEach(group -> groups.add(group(group, explanation.planned())));
        return node;
    }

    private static ObjectNode group(Explanation.Group group, boolean planned) {
        ObjectNode node = ApiClient.JSON
                .createObjectNode()
                .put("purpose", group.purpose().title())
                .put("meaning", group.purpose().meaning());
        if (!planned) {
            node.put("micros", tenths(group.micros()));
            node.put("share", Math.round(group.share() * 1000) / 1000.0);
        }
        ArrayNode calls = node.putArray("calls");
        for (int i = 0; i < group.calls().size(); i++) {
            calls.add(call(group.numbers().get(i), group.calls().get(i), planned));
        }
        return node;
    }

    private static ObjectNode call(int number, CallResult call, boolean planned) {
        ObjectNode node = ApiClient.JSON
                .createObjectNode()
                .put("number", number)
                .put("by", call.by())
                .put("call", call.call());
        ArrayNode arguments = node.putArray("arguments");
        for (int i = 0; i < call.arguments().size(); i++) {
            arguments
                    .addObject()
                    .put("name", CallWords.parameter(call.call(), i))
                    .put("value", call.arguments().get(i));
        }
        return planned ? node : result(node, call);
    }

    private static ObjectNode result(ObjectNode node, CallResult call) {
        node.put("result", call.result()).put("shown", CallWords.result(call));
        if (call.failed()) {
            node.put("errno", call.errnoName()).put("passedOver", call.mayFail());
        }
        if (!Double.isNaN(call.micros())) {
            node.put("micros", tenths(call.micros())).put("waits", CallWords.waits(call));
        }
        return node;
    }

    private static double tenths(double micros) {
        return Math.round(micros * 10) / 10.0;
    }
}
