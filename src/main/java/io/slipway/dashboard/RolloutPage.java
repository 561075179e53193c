package io.slipway.dashboard;

import io.slipway.access.Caller;
import io.slipway.analysis.MetricVerdict;
import io.slipway.analysis.Verdict;
import io.slipway.control.OwnSeriesStore;
import io.slipway.control.RunbookShelf;
import io.slipway.control.Views;
import io.slipway.control.Views.RolloutView;
import io.slipway.runbook.Decision;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseBody;

/** One rollout: where it is, why, what is compared, and what was decided. */
@Controller
final class RolloutPage {
    private static final int POINTS = 240;
    private static final Duration STEP_MIN = Duration.ofSeconds(2);
    /** Some of the time before, so that a change at the start can be seen as one. */
    private static final Duration LEAD_MAX = Duration.ofMinutes(5);

    private static final Duration LEAD_MIN = Duration.ofSeconds(15);

    private final Views views;
    private final RunbookShelf shelf;
    private final OwnSeriesStore series;
    private final Lookup lookup;
    private final Clock clock;

    RolloutPage(Views views, RunbookShelf shelf, OwnSeriesStore series, Lookup lookup, Clock clock) {
        this.views = views;
        this.shelf = shelf;
        this.series = series;
        this.lookup = lookup;
        this.clock = clock;
    }

    @GetMapping("/rollouts/{id}")
    String rollout(@PathVariable String id, Model model) {
        RolloutView r = lookup.rollout(id);
        Instant now = clock.instant();
        List<Decision> decisions = views.decisions(r.id());
        model.addAttribute("r", r);
        model.addAttribute("service", r.revision().service().value());
        model.addAttribute("revision", r.revision().label());
        model.addAttribute("from", r.stable().map(s -> s.label()).orElse(null));
        model.addAttribute("mark", StateMark.of(r));
        model.addAttribute("track", TrackStep.of(r, decisions, now));
        model.addAttribute("actions", Action.of(r, Caller.current()));
        model.addAttribute("deadlines", deadlines(r, now));
        model.addAttribute("said", unsaid(r));
        model.addAttribute(
                "looked", r.verdict().map(v -> Moment.of(v.at(), now)).orElse(null));
        model.addAttribute("metrics", VerdictRow.of(r));
        model.addAttribute("served", r.spec().route().isPresent());
        model.addAttribute("own", OwnChart.figures(r));
        model.addAttribute("decisions", DecisionRow.of(decisions, now));
        model.addAttribute("weights", weights(r));
        model.addAttribute("began", Moment.of(r.createdAt(), now));
        model.addAttribute("link", channel(r));
        model.addAttribute(
                "entry",
                shelf.ofRollout(r.id())
                        .map(e -> RunbookPages.address(e.slug(), e.version()))
                        .orElse(null));
        Frame.on(
                model,
                r.revision().service() + " " + r.revision().label() + " "
                        + StateMark.of(r).word(),
                "services",
                now);
        return "rollout";
    }

    @GetMapping("/rollouts/{id}/chart")
    @ResponseBody
    ChartData chart(@PathVariable String id) {
        RolloutView r = lookup.rollout(id);
        Instant now = clock.instant();
        Instant end = r.state().isOver() ? r.updatedAt() : now;
        Duration lead = lead(Duration.between(r.createdAt(), end));
        Instant from = r.createdAt().minus(lead);
        Instant to = r.state().isOver() ? earlier(end.plus(lead), now) : now;
        Duration even = Duration.between(from, to).dividedBy(POINTS);
        Duration step = even.compareTo(STEP_MIN) < 0 ? STEP_MIN : even;
        return ChartData.of(
                r,
                views.series(r.id(), from, to, step),
                OwnChart.of(r, series, from, to, step),
                views.decisions(r.id()));
    }

    /** The last look and each of its findings in words, as far as neither the page's first lines nor a line before say it already. */
    private static List<String> unsaid(RolloutView r) {
        String said = r.reason().text() + r.waitingFor().orElse("");
        List<String> lines = new ArrayList<>();
        for (String line : r.verdict().map(RolloutPage::sentences).orElse(List.of())) {
            if (!said.contains(line)) {
                lines.add(line);
                said += line;
            }
        }
        return lines;
    }

    /** What the verdict says beside its findings, then each of these. */
    private static List<String> sentences(Verdict verdict) {
        List<String> all = new ArrayList<>();
        String rest = verdict.sentence();
        for (MetricVerdict m : verdict.metrics()) {
            all.add(m.sentence());
            rest = rest.replace(m.sentence(), "");
        }
        rest = Stream.of(rest.split("; ")).filter(part -> !part.isBlank()).collect(Collectors.joining("; "));
        if (!rest.isEmpty()) {
            all.addFirst(rest);
        }
        return all;
    }

    private static Duration lead(Duration lasted) {
        Duration quarter = lasted.dividedBy(4);
        return quarter.compareTo(LEAD_MIN) < 0 ? LEAD_MIN : quarter.compareTo(LEAD_MAX) > 0 ? LEAD_MAX : quarter;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /** Only what a browser may follow. */
    private static @Nullable String channel(RolloutView r) {
        String channel = r.spec().release().channel();
        return channel.startsWith("https://") || channel.startsWith("http://") ? channel : null;
    }

    private static Map<String, Moment> deadlines(RolloutView r, Instant now) {
        Map<String, Moment> out = new TreeMap<>();
        r.deadlines().forEach((name, at) -> out.put(name, Moment.of(at, now)));
        return out;
    }

    private static String weights(RolloutView r) {
        return r.weights().entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(id -> id.number())))
                .map(e -> e.getKey().label() + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }
}
