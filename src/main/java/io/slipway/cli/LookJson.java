package io.slipway.cli;

import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Verdict;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/** A verdict as one line of JSON. What is not known, or not bounded, is null. Written without a tree: a day has 8,640 of them. */
final class LookJson {
    private final StringBuilder to = new StringBuilder(2048);

    /** Loaded by the first text that needs it: most days have none. */
    private static final class Escaped {
        static final JsonMapper JSON = JsonMapper.builder().build();
    }

    private LookJson() {}

    static String of(Verdict verdict) {
        LookJson look = new LookJson();
        look.verdict(verdict);
        return look.to.toString();
    }

    private void verdict(Verdict verdict) {
        to.append("{\"t\":");
        text(verdict.at().toString());
        name("outcome");
        text(verdict.outcome().label());
        name("revert").append(verdict.reverts());
        name("commonCause").append(verdict.commonCause());
        name("metrics").append('{');
        metrics(verdict);
        to.append('}');
        name("windowsUsed").append(verdict.windowsUsed());
        name("windowsLeftOut").append(verdict.windowsLeftOut());
        name("sentence");
        text(verdict.sentence());
        name("version");
        text(verdict.version());
        to.append('}');
    }

    private void metrics(Verdict verdict) {
        Set<String> names = new HashSet<>();
        for (MetricVerdict m : verdict.metrics()) {
            String label = m.metric().label();
            String name = label;
            for (int i = 2; names.contains(name); i++) {
                name = label + "_" + i;
            }
            to.append(names.isEmpty() ? "" : ",");
            names.add(name);
            text(name);
            to.append(":{\"outcome\":");
            metric(m);
            to.append('}');
        }
    }

    private void metric(MetricVerdict m) {
        text(m.outcome().label());
        number("control", m.control());
        number("candidate", m.candidate());
        number("estimate", m.estimate());
        number("low", m.low());
        number("high", m.high());
        number("margin", m.margin());
        number("alpha", m.alpha());
        name("controlRequests").append(m.controlRequests());
        name("candidateRequests").append(m.candidateRequests());
        name("sentence");
        text(m.sentence());
    }

    private StringBuilder name(String name) {
        return to.append(",\"").append(name).append("\":");
    }

    private void number(String name, double value) {
        name(name);
        if (Double.isFinite(value)) {
            to.append(value);
        } else {
            to.append("null");
        }
    }

    private void text(String text) {
        if (isPlain(text)) {
            to.append('"').append(text).append('"');
        } else {
            to.append(Escaped.JSON.writeValueAsString(text));
        }
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '/') {
                return false;
            }
        }
        return true;
    }
}
