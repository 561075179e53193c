package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.Views;
import io.slipway.control.Views.Recording;
import io.slipway.control.Views.RolloutView;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Reads rollouts and their evidence. */
@RestController
@RequestMapping("/api/v1/rollouts")
final class RolloutsController {
    private static final Duration WAIT_MAX = Duration.ofMinutes(10);
    private static final int PAGE_MAX = 200;
    private static final int POINTS_MAX = 5_000;
    private static final Set<String> STATES_AND_MILESTONES = Set.of(
            "queued",
            "checking",
            "checked",
            "rolling",
            "gating",
            "awaiting-approval",
            "paused",
            "promoted",
            "watching",
            "settled",
            "unproven",
            "reverting",
            "reverted",
            "aborted",
            "superseded",
            "failed");

    private final Views views;
    private final RolloutLookup lookup;
    private final Clock clock;

    RolloutsController(Views views, RolloutLookup lookup, Clock clock) {
        this.views = views;
        this.lookup = lookup;
        this.clock = clock;
    }

    /** Newest first. A service that nobody has released has none. */
    @GetMapping
    Page<RolloutJson> list(
            @RequestParam Optional<String> service,
            @RequestParam Optional<String> before,
            @RequestParam(defaultValue = "50") int limit) {
        Parameters.between("limit", limit, 1, PAGE_MAX);
        if (service.isPresent() && !ServiceName.isValid(service.get())) {
            return Page.all(List.of());
        }
        Caller caller = Caller.current();
        Optional<ServiceName> wanted = service.map(ServiceName::new);
        List<RolloutView> found =
                views.rollouts(wanted, before.filter(id -> !id.isBlank()).map(RolloutId::new), limit + 1);
        return Page.of(
                found,
                limit,
                v -> caller.sees(v.revision().service()),
                RolloutJson::of,
                last -> last.id().value());
    }

    /**
     * One rollout. With {@code wait} it answers when the rollout has reached {@code until} (a milestone or state), is over, or the time is
     * up; without {@code until}, when anything has changed.
     */
    @GetMapping("/{id}")
    ResponseEntity<RolloutJson> one(
            @PathVariable String id, @RequestParam Optional<String> wait, @RequestParam Optional<String> until)
            throws InterruptedException {
        until.ifPresent(name -> Parameters.oneOf("until", name, STATES_AND_MILESTONES));
        RolloutView view = lookup.visible(id);
        if (wait.isPresent()) {
            view = await(view, Parameters.duration("wait", wait.get(), WAIT_MAX), until);
        }
        return ResponseEntity.ok().eTag(Parameters.etag(view.version())).body(RolloutJson.of(view));
    }

    private RolloutView await(RolloutView first, Duration wait, Optional<String> until) throws InterruptedException {
        Instant end = clock.instant().plus(wait);
        RolloutView view = first;
        while (!reached(view, until) && !(until.isEmpty() && view.version() > first.version())) {
            Duration left = Duration.between(clock.instant(), end);
            if (left.isNegative() || left.isZero()) {
                return view;
            }
            view = views.awaitChange(view.id(), view.version(), left).orElse(view);
        }
        return view;
    }

    private static boolean reached(RolloutView view, Optional<String> until) {
        // Unproven is not over, yet nothing but a person moves it on.
        return view.state().isOver()
                || view.state().label().equals("unproven")
                || until.filter(name -> view.milestones().containsKey(name)
                                || view.state().label().equals(name))
                        .isPresent();
    }

    /** Newest first. */
    @GetMapping("/{id}/decisions")
    Page<DecisionJson> decisions(@PathVariable String id) {
        return Page.all(views.decisions(lookup.visible(id).id()).stream()
                .map(DecisionJson::of)
                .toList());
    }

    /** About a 300th; whole minutes where it is more than one, since sums of those are kept. */
    private static Duration step(Duration span) {
        long seconds = Math.max(10, span.toSeconds() / 300);
        long unit = seconds > 300 ? 300 : seconds > 60 ? 60 : 1;
        return Duration.ofSeconds((seconds + unit - 1) / unit * unit);
    }

    /**
     * What {@code slipway replay} and {@code slipway judge} read: a line with what was declared, then one line a window of both arms, in time order, as
     * they are written in contract and documentation. The comparison since the promotion; before it, since the first traffic.
     */
    @GetMapping(value = "/{id}/recording", produces = RecordingText.TYPE)
    void recording(@PathVariable String id, HttpServletResponse response) throws IOException {
        RolloutView view = lookup.visible(id);
        Recording recording = views.recording(view.id())
                .orElseThrow(() -> new BadRequest(Problem.of(
                        409,
                        "not-compared",
                        "Nothing was compared yet",
                        "Rollout '" + id + "' had no look of the judge: no traffic of both revisions was compared.")));
        response.setContentType(RecordingText.TYPE);
        new RecordingText(views, recording, view.state().label()).write(response.getWriter());
    }

    /** Both arms in time order. {@code from} and {@code to} default to the rollout's own span, {@code step} to a 300th of it. */
    @GetMapping("/{id}/series")
    Page<SeriesJson> series(
            @PathVariable String id,
            @RequestParam Optional<String> from,
            @RequestParam Optional<String> to,
            @RequestParam Optional<String> step) {
        RolloutView view = lookup.visible(id);
        Instant start = from.map(t -> Parameters.instant("from", t)).orElse(view.createdAt());
        Instant end = to.map(t -> Parameters.instant("to", t))
                .orElse(view.state().isOver() ? view.updatedAt().plusSeconds(60) : clock.instant());
        if (end.isBefore(start)) {
            throw BadRequest.parameter("to", end.toString(), "is before 'from' (" + start + ")", "Swap them.");
        }
        Duration span = Duration.between(start, end);
        Duration width = step.map(t -> Parameters.duration("step", t, Duration.ofDays(1)))
                .orElseGet(() -> step(span));
        if (width.isZero() || span.dividedBy(width) > POINTS_MAX) {
            throw BadRequest.parameter(
                    "step", step.orElse(""), "would make more than " + POINTS_MAX + " points", "Give a longer step.");
        }
        return Page.all(views.series(view.id(), start, end, width).stream()
                .map(SeriesJson::of)
                .toList());
    }
}
