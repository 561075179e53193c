package io.slipway.cli;

import io.slipway.base.TerminalText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Prints results as one line of JSON, or as columns. Control characters of foreign text never reach the terminal. */
final class Printer {
    private final PrintWriter out;

    Printer(PrintWriter out) {
        this.out = out;
    }

    void json(JsonNode node) {
        out.println(TerminalText.json(ApiClient.JSON.writeValueAsString(node)));
        out.flush();
    }

    /** JSON for people. */
    void pretty(JsonNode node) {
        block(TerminalText.json(ApiClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node)));
    }

    void line(String text) {
        out.println(clean(text));
        out.flush();
    }

    /** Text of several lines that comes from the controller, such as Markdown. */
    void block(String text) {
        text.lines().forEach(this::line);
    }

    /** Says that something was removed: its name alone, or an object with the name under a key. */
    void removed(String key, String name, boolean json) {
        if (json) {
            json(ApiClient.JSON.createObjectNode().put(key, name).put("removed", true));
        } else {
            line(name);
        }
    }

    void table(List<String> header, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(header);
        rows.forEach(row -> all.add(row.stream().map(Printer::clean).toList()));
        int[] width = new int[header.size()];
        for (List<String> row : all) {
            for (int i = 0; i < width.length; i++) {
                width[i] = Math.max(width[i], row.get(i).length());
            }
        }
        for (List<String> row : all) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < width.length; i++) {
                text.append(row.get(i))
                        .append(" "
                                .repeat(
                                        i == width.length - 1
                                                ? 0
                                                : width[i] - row.get(i).length() + 2));
            }
            out.println(text.toString().stripTrailing());
        }
        out.flush();
    }

    /** A field that is text, or an object with a text. */
    static String text(JsonNode node) {
        return node.isObject()
                ? node.path("text").asString("")
                : node.isMissingNode() || node.isNull() ? "" : node.asString("");
    }

    private static String clean(String text) {
        return TerminalText.line(text);
    }
}
