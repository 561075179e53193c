package io.slipway.cli;

import io.slipway.sandbox.Supervision;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Restarts and health of a container, as {@code inspect} tells them. */
final class UpkeepView {
    private UpkeepView() {}

    static void add(ObjectNode node, Supervision supervision) {
        ObjectNode upkeep = node.putObject("upkeep");
        upkeep.put("by", supervision.by().pid());
        upkeep.put("active", supervision.active());
        upkeep.put("restart", supervision.policy().isEmpty() ? "never" : supervision.policy());
        upkeep.put("restarts", supervision.restarts());
        supervision.nextStartAt().ifPresent(at -> upkeep.put("nextStartAt", at.toString()));
        if (!supervision.health().isEmpty()) {
            upkeep.put("health", supervision.health());
            upkeep.put("reason", supervision.reason());
        }
        ArrayNode answers = upkeep.putArray("checks");
        supervision
                .answers()
                .forEach(it -> answers.addObject()
                        .put("at", it.at().toString())
                        .put("tookMs", it.took().toMillis())
                        .put("failure", it.failure()));
    }
}
