package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.control.OwnSeriesStore;
import io.slipway.control.OwnSeriesStore.Value;
import io.slipway.control.Views;
import io.slipway.control.Views.WindowsOfHost;
import io.slipway.release.Metric;
import io.slipway.release.OwnSeries;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Series of the teams' own: samples that services push, and how the sources of what stop conditions look at do. */
@RestController
@RequestMapping("/api/v1")
final class MetricsController {
    /** Names that one service may push under. */
    private static final int NAMES_MAX = 50;

    private final Views views;
    private final OwnSeriesStore series;
    private final RolloutLookup lookup;
    private final Clock clock;

    MetricsController(Views views, OwnSeriesStore series, RolloutLookup lookup, Clock clock) {
        this.views = views;
        this.series = series;
        this.lookup = lookup;
        this.clock = clock;
    }

    /**
     * Body: {@code service}, {@code revision}, and {@code samples}: {@code name}, {@code t}, {@code value}, and {@code seconds} that it stands for from
     * {@code t} on (left out: 10). A sample whose name and time are known already is left as it is.
     */
    @PostMapping(path = "/metrics", consumes = "application/json")
    @ResponseStatus(HttpStatus.ACCEPTED)
    KeptJson push(@RequestBody(required = false) byte[] body) {
        JsonBody given = JsonBody.of(body == null ? new byte[0] : body, List.of("service", "revision", "samples"));
        String name = given.requiredText("service", "Name the service that the samples are of.");
        int number = given.integer("revision", 1).orElse(0);
        if (number == 0) {
            given.violation("revision", "is missing", "Write the revision's number; it is in SLIPWAY_REVISION.");
        }
        Map<String, List<Value>> samples = PushedSamples.read(given, clock.instant());
        given.finish();
        ServiceName service = lookup.visibleService(name).name();
        Caller.current().allowed(Scope.METRICS, service);
        refuseTooMany(service, samples.keySet(), given);
        int kept = 0;
        for (Map.Entry<String, List<Value>> named : samples.entrySet()) {
            kept += series.answered(
                    new RevisionId(service, number),
                    new OwnSeries(Metric.PUSHED, named.getKey()),
                    named.getValue(),
                    clock.instant());
        }
        return new KeptJson(kept);
    }

    private void refuseTooMany(ServiceName service, Set<String> names, JsonBody given) {
        Set<String> known = series.states(service).stream()
                .filter(s -> s.series().source() == Metric.PUSHED)
                .map(s -> s.series().text())
                .collect(Collectors.toSet());
        known.addAll(names);
        if (known.size() > NAMES_MAX) {
            given.violation(
                    "samples",
                    "would bring the service to " + known.size() + " names",
                    "Push under at most " + NAMES_MAX + ": those that stop conditions look at.");
            given.finish();
        }
    }

    /** How the hosts' windows come, and how the sources do that the service's stop conditions looked at. */
    @GetMapping("/services/{name}/sources")
    Page<Map<String, Object>> sources(@PathVariable String name) {
        ServiceName service = lookup.visibleService(name).name();
        List<Map<String, Object>> all = new ArrayList<>();
        views.windowSources(service).forEach(host -> all.add(source(host)));
        series.states(service).forEach(state -> all.add(source(state)));
        return Page.all(all);
    }

    private Map<String, Object> source(WindowsOfHost host) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("metric", "edge_and_cgroups");
        out.put("host", host.host().value());
        host.newest().ifPresent(newest -> out.put("newestSample", newest.end()));
        String trouble = host.trouble(clock.instant());
        if (!trouble.isEmpty()) {
            out.put("error", trouble);
        }
        return out;
    }

    private static Map<String, Object> source(OwnSeriesStore.State state) {
        Map<String, Object> out = new LinkedHashMap<>();
        boolean query = state.series().source() == Metric.PROMETHEUS;
        out.put("metric", state.series().source().label());
        out.put(query ? "query" : "name", state.series().text());
        state.newest().ifPresent(at -> out.put("newestSample", at));
        state.answeredAt().ifPresent(at -> out.put("answeredAt", at));
        state.failedAt().ifPresent(at -> out.put("failedAt", at));
        state.error().ifPresent(error -> out.put("error", error));
        return out;
    }

    /** How many samples were new. */
    record KeptJson(int kept) {}
}
