package io.slipway.cli;

import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Verdict;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A verdict as one line of JSON. What is not known, or not bounded, is null. */
final class LookJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private LookJson() {}

    static String of(Verdict verdict) {
        ObjectNode look = JSON.createObjectNode();
        look.put("t", verdict.at().toString());
        look.put("outcome", verdict.outcome().label());
        look.put("revert", verdict.reverts());
        look.put("commonCause", verdict.commonCause());
        ObjectNode metrics = look.putObject("metrics");
        for (MetricVerdict m : verdict.metrics()) {
            String label = m.metric().label();
            String name = label;
            for (int i = 2; metrics.has(name); i++) {
                name = label + "_" + i;
            }
            metric(metrics.putObject(name), m);
        }
        look.put("windowsUsed", verdict.windowsUsed());
        look.put("windowsLeftOut", verdict.windowsLeftOut());
        look.put("sentence", verdict.sentence());
        look.put("version", verdict.version());
        return JSON.writeValueAsString(look);
    }

    private static void metric(ObjectNode to, MetricVerdict m) {
        to.put("outcome", m.outcome().label());
        number(to, "control", m.control());
        number(to, "candidate", m.candidate());
        number(to, "estimate", m.estimate());
        number(to, "low", m.low());
        number(to, "high", m.high());
        number(to, "margin", m.margin());
        number(to, "alpha", m.alpha());
        to.put("controlRequests", m.controlRequests());
        to.put("candidateRequests", m.candidateRequests());
        to.put("sentence", m.sentence());
    }

    private static void number(ObjectNode to, String name, double value) {
        if (Double.isFinite(value)) {
            to.put(name, value);
        } else {
            to.putNull(name);
        }
    }
}
