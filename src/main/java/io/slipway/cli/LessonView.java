package io.slipway.cli;

import io.slipway.linux.CallResult;
import io.slipway.sandbox.CallWords;
import io.slipway.sandbox.learn.Shown;
import io.slipway.sandbox.learn.Topic;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A topic as it is taught: what it is for, where it is documented, the calls, and what one sees with and without it. */
final class LessonView {
    private static final int CALLS_MAX = 12;

    private LessonView() {}

    static List<String> introduction(Topic topic) {
        List<String> lines = new ArrayList<>(List.of(topic.name() + ": " + topic.title(), ""));
        topic.purpose().forEach(line -> lines.add("  " + line));
        lines.add("");
        lines.add("  Documented in: " + String.join("; ", topic.manual()));
        return lines;
    }

    static List<String> calls(Shown shown) {
        List<String> lines = new ArrayList<>(List.of("", "What Slipway calls for it:"));
        for (CallResult call : shown.calls().stream().limit(CALLS_MAX).toList()) {
            lines.add("  " + call.by() + ": " + call.text() + " = " + CallWords.result(call));
        }
        if (shown.calls().size() > CALLS_MAX) {
            lines.add("  and " + (shown.calls().size() - CALLS_MAX) + " more such calls");
        }
        return lines;
    }

    static List<String> with(Topic topic, Shown shown) {
        List<String> lines =
                new ArrayList<>(List.of("", "Tried: " + topic.demonstration().script(), "", "  with it:"));
        shown.with().forEach(line -> lines.add("    | " + line));
        return lines;
    }

    static List<String> without(Topic topic, Shown shown) {
        List<String> lines = new ArrayList<>(
                List.of("", "  without it (left out: " + topic.demonstration().leftOut() + "):"));
        shown.without().forEach(line -> lines.add("    | " + line));
        lines.add("");
        lines.add("  " + topic.demonstration().lesson());
        return lines;
    }

    static ObjectNode json(Topic topic, Shown shown) {
        ObjectNode node = summary(topic);
        topic.purpose().forEach(node.putArray("purpose")::add);
        topic.manual().forEach(node.putArray("manual")::add);
        ArrayNode calls = node.putArray("calls");
        shown.calls().forEach(call -> calls.add(call.by() + ": " + call.text() + " = " + CallWords.result(call)));
        node.put("script", topic.demonstration().script());
        shown.with().forEach(node.putArray("with")::add);
        node.put("leftOut", topic.demonstration().leftOut());
        shown.without().forEach(node.putArray("without")::add);
        return node.put("lesson", topic.demonstration().lesson());
    }

    static ObjectNode summary(Topic topic) {
        return ApiClient.JSON.createObjectNode().put("topic", topic.name()).put("title", topic.title());
    }
}
