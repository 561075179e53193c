package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.base.ServiceName;
import io.slipway.control.Costs;
import io.slipway.control.Refused;
import io.slipway.control.Releases;
import io.slipway.control.Views;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Services: what is stable, what is rolling, and the red button. */
@RestController
@RequestMapping("/api/v1/services")
final class ServicesController {
    private static final String REASON = "reason";
    private static final Duration COSTS_OF = Duration.ofHours(24);
    private static final Duration COSTS_STEP = Duration.ofMinutes(5);

    private final Views views;
    private final Releases releases;
    private final RolloutLookup lookup;
    private final Clock clock;

    ServicesController(Views views, Releases releases, RolloutLookup lookup, Clock clock) {
        this.views = views;
        this.releases = releases;
        this.lookup = lookup;
        this.clock = clock;
    }

    @GetMapping
    Page<ServiceJson> list() {
        Caller caller = Caller.current();
        return Page.all(views.services().stream()
                .filter(v -> caller.sees(v.name()))
                .map(ServiceJson::of)
                .toList());
    }

    @GetMapping("/{name}")
    ServiceJson one(@PathVariable String name) {
        return ServiceJson.of(lookup.visibleService(name));
    }

    /** Newest first. */
    @GetMapping("/{name}/revisions")
    Page<ServiceJson.RevisionJson> revisions(@PathVariable String name) {
        return Page.all(views.revisions(lookup.visibleService(name).name()).stream()
                .sorted((a, b) -> Integer.compare(b.id().number(), a.id().number()))
                .map(ServiceJson.RevisionJson::of)
                .toList());
    }

    /** What it and each of its revisions cost over the last 24 hours: per thousand requests, and per month. */
    @GetMapping("/{name}/costs")
    ServiceJson.CostsJson costs(@PathVariable String name) {
        Instant now = clock.instant();
        return ServiceJson.CostsJson.of(Costs.of(
                views.series(lookup.visibleService(name).name(), now.minus(COSTS_OF), now, COSTS_STEP),
                views.currency()));
    }

    /** The service file in force, every default filled in. */
    @GetMapping("/{name}/spec")
    Map<String, Object> spec(@PathVariable String name) {
        var service = lookup.visibleService(name);
        return views.revisions(service.name()).stream()
                .filter(r -> service.stable().map(r.id()::equals).orElse(true))
                .max((a, b) -> Integer.compare(a.id().number(), b.id().number()))
                .map(r -> SpecJson.of(r.spec()))
                .orElseThrow(() -> BadRequest.missing("revision of service", name));
    }

    /**
     * The red button. A body is not needed; {@code to} names an older revision than the one before, {@code from} the one that was seen at
     * fault: when another serves by then, nothing is done (409).
     */
    @PostMapping("/{name}/revert")
    @ResponseStatus(HttpStatus.ACCEPTED)
    ReleasesController.SubmittedJson revert(
            @PathVariable String name, @RequestBody(required = false) byte @Nullable [] body) throws Refused {
        ServiceName service = lookup.visibleService(name).name();
        Caller caller = Caller.current().allowedToRevert(service);
        JsonBody given = JsonBody.ofOptional(body == null ? new byte[0] : body, List.of(REASON, "to", "from"));
        Releases.Back back = new Releases.Back(given.integer("from", 1), given.integer("to", 1));
        String reason = given.text(REASON).orElse("no reason given");
        given.finish();
        return ReleasesController.SubmittedJson.of(releases.revert(service, back, reason, caller.actor()));
    }

    /** Lets a held service take releases again. */
    @PostMapping(path = "/{name}/unhold", consumes = "application/json")
    @ResponseStatus(HttpStatus.ACCEPTED)
    ServiceJson unhold(@PathVariable String name, @RequestBody byte[] body) throws Refused {
        ServiceName service = lookup.visibleService(name).name();
        Caller caller = Caller.current().allowed(Scope.OPERATE, service);
        JsonBody given = JsonBody.of(body, List.of(REASON));
        String reason = given.requiredText(REASON, "Say why it is safe to release again; it is recorded.");
        given.finish();
        releases.unhold(service, reason, caller.actor());
        return ServiceJson.of(lookup.visibleService(name));
    }
}
