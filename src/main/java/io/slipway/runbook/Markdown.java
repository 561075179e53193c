package io.slipway.runbook;

import io.slipway.base.RevisionId;
import io.slipway.release.ReleasePlan;
import io.slipway.release.StopCondition;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A runbook entry as Markdown (CommonMark with tables). */
final class Markdown {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Markdown() {}

    static String render(RunbookEntry entry) {
        StringBuilder out = new StringBuilder();
        out.append("# ").append(escape(entry.title())).append("\n\n");
        out.append(escape(entry.decisions().getLast().reason().text())).append(".\n\n");
        facts(out, entry);
        plan(out, entry.spec().release());
        decisions(out, entry.decisions());
        return out.toString();
    }

    static String render(OtherDecisions other) {
        StringBuilder out = new StringBuilder();
        out.append("# ").append(OtherDecisions.TITLE);
        out.append("\n\n| # | at (UTC) | by | service | what | why |\n|---|---|---|---|---|---|\n");
        for (Decision it : other.decisions()) {
            out.append("| ").append(it.sequence()).append(" | ").append(TIME.format(it.at()));
            out.append(" | ").append(escape(it.by()));
            out.append(" | ").append(escape(it.service().value()));
            out.append(" | ").append(escape(it.kind()));
            out.append(" | ").append(escape(it.reason().text())).append(" |\n");
        }
        lastHash(out, other.decisions());
        return out.toString();
    }

    /** Shows text as it was written: no markup, no HTML, no line breaks. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '\\', '`', '*', '_', '[', ']', '|', '~', '#' ->
                    out.append('\\').appendCodePoint(c);
                default -> out.appendCodePoint(isShown(c) ? c : ' ');
            }
        });
        return out.toString().strip();
    }

    /** Line breaks, other controls, and marks that turn the direction of writing are not shown. */
    private static boolean isShown(int c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }

    private static void facts(StringBuilder out, RunbookEntry entry) {
        out.append("| | |\n|---|---|\n");
        row(out, "rollout", entry.rollout().value());
        row(out, "revision", entry.state().course().revision().label());
        row(
                out,
                "stable",
                entry.state().course().stable().map(RevisionId::label).orElse("none: first release"));
        row(out, "image", entry.spec().image());
        row(out, "owner", entry.spec().release().owner());
        if (!entry.spec().release().channel().isBlank()) {
            row(out, "channel", entry.spec().release().channel());
        }
        entry.state().course().milestones().entrySet().stream()
                .sorted(Map.Entry.<String, Instant>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .forEach(it -> row(out, it.getKey(), TIME.format(it.getValue()) + " UTC"));
        out.append('\n');
    }

    private static void plan(StringBuilder out, ReleasePlan plan) {
        out.append("## Plan\n\n");
        for (int i = 0; i < plan.steps().size(); i++) {
            out.append(i + 1)
                    .append(". ")
                    .append(escape(PlanWords.step(plan.steps().get(i))))
                    .append('\n');
        }
        out.append("\nReverts when:\n\n");
        plan.stopConditions()
                .forEach(it ->
                        out.append("- ").append(escape(PlanWords.condition(it))).append('\n'));
        StopCondition.ALWAYS.forEach(
                it -> out.append("- always: ").append(escape(it)).append('\n'));
        out.append("\nWatch: ").append(escape(PlanWords.watch(plan.watch()))).append(".\n\n");
    }

    private static void decisions(StringBuilder out, List<Decision> decisions) {
        out.append("## Decisions\n\n| # | at (UTC) | by | state | why |\n|---|---|---|---|---|\n");
        for (Decision it : decisions) {
            String states = it.fromState().equals(it.toState()) ? it.toState() : it.fromState() + " -> " + it.toState();
            out.append("| ").append(it.sequence()).append(" | ").append(TIME.format(it.at()));
            out.append(" | ").append(escape(it.by())).append(" | ").append(escape(states));
            out.append(" | ").append(escape(it.reason().text())).append(" |\n");
        }
        lastHash(out, decisions);
    }

    private static void lastHash(StringBuilder out, List<Decision> decisions) {
        out.append("\nThe evidence of each decision is in the JSON of this entry. Last hash: `")
                .append(decisions.getLast().hash())
                .append("`.\n");
    }

    private static void row(StringBuilder out, String name, String value) {
        out.append("| ")
                .append(escape(name))
                .append(" | ")
                .append(escape(value))
                .append(" |\n");
    }
}
