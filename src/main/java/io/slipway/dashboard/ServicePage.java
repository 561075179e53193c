package io.slipway.dashboard;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.base.RevisionId;
import io.slipway.control.Costs;
import io.slipway.control.OwnSeriesStore;
import io.slipway.control.Views;
import io.slipway.control.Views.SeriesPoint;
import io.slipway.control.Views.ServiceView;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** One service: what it does now, its last day, revisions, rollouts and replicas. */
@Controller
final class ServicePage {
    private static final int ROLLOUTS = 20;
    private static final int WIDTH = 480;
    private static final int HEIGHT = 80;
    private static final Duration STEP = Duration.ofMinutes(10);

    private final Views views;
    private final OwnSeriesStore series;
    private final Lookup lookup;
    private final Clock clock;

    ServicePage(Views views, OwnSeriesStore series, Lookup lookup, Clock clock) {
        this.views = views;
        this.series = series;
        this.lookup = lookup;
        this.clock = clock;
    }

    @GetMapping("/services/{name}")
    String service(@PathVariable String name, Model model) {
        ServiceView service = lookup.service(name);
        Instant now = clock.instant();
        Caller caller = Caller.current();
        model.addAttribute("service", service);
        model.addAttribute("mark", StateMark.of(service));
        model.addAttribute(
                "active", service.active().map(r -> RolloutLine.of(r, now)).orElse(null));
        model.addAttribute("held", service.held().map(r -> r.text()).orElse(null));
        model.addAttribute("stable", service.stable().map(RevisionId::label).orElse(Figures.NONE));
        model.addAttribute(
                "revertTo", caller.mayRevert(service.name()) ? older(service).orElse(null) : null);
        model.addAttribute("mayUnhold", caller.may(Scope.OPERATE, service.name()));
        Instant from = now.minus(Sparklines.SPAN);
        List<SeriesPoint> day = views.series(service.name(), from, now, STEP);
        addDay(model, day, from, now);
        addHistory(model, service, Costs.of(day, views.currency()), now);
        List<SourceLine> sources = new ArrayList<>(SourceLine.ofHosts(views.windowSources(service.name()), now));
        sources.addAll(SourceLine.of(series.states(service.name()), now));
        model.addAttribute("sources", sources);
        Frame.on(model, name, "services", now);
        return "service";
    }

    private static void addDay(Model model, List<SeriesPoint> points, Instant from, Instant now) {
        model.addAttribute(
                "p95", Sparkline.p95(points, from, now, WIDTH, HEIGHT).orElse(null));
        model.addAttribute(
                "errors", Sparkline.errorRate(points, from, now, WIDTH, HEIGHT).orElse(null));
    }

    private void addHistory(Model model, ServiceView service, Costs costs, Instant now) {
        model.addAttribute("currency", costs.currency());
        model.addAttribute(
                "perMonth",
                costs.perMonth().map(c -> Figures.amount(Optional.of(c))).orElse(null));
        model.addAttribute(
                "revisions",
                views.revisions(service.name()).stream()
                        .sorted(Comparator.comparing((Views.RevisionView r) -> r.id().number())
                                .reversed())
                        .map(r -> RevisionLine.of(r, service, costs, now))
                        .toList());
        model.addAttribute(
                "rollouts",
                views.rollouts(Optional.of(service.name()), Optional.empty(), ROLLOUTS).stream()
                        .map(r -> RolloutLine.of(r, now))
                        .toList());
        model.addAttribute(
                "replicas",
                views.allocations(Optional.of(service.name())).stream()
                        .filter(ReplicaLine::isThere)
                        .map(a -> ReplicaLine.of(a, now))
                        .toList());
    }

    /** The revision that the red button goes back to. */
    private Optional<String> older(ServiceView service) {
        if (service.active().isPresent()) {
            return service.active().flatMap(Views.RolloutView::stable).map(RevisionId::label);
        }
        return service.stable()
                .filter(s -> s.number() > 1)
                .flatMap(s -> views.revisions(service.name()).stream()
                        .map(Views.RevisionView::id)
                        .filter(id -> id.number() < s.number())
                        .max(Comparator.comparing(RevisionId::number)))
                .map(RevisionId::label);
    }
}
