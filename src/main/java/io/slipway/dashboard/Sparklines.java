package io.slipway.dashboard;

import io.slipway.base.ServiceName;
import io.slipway.control.Views;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The services page's 24 h lines. Kept for a minute each: 200 services are read anew at most once a minute, whoever looks. */
final class Sparklines {
    static final Duration SPAN = Duration.ofHours(24);
    private static final Duration STEP = Duration.ofMinutes(15);
    private static final Duration KEEP = Duration.ofMinutes(1);
    private static final int WIDTH = 120;
    private static final int HEIGHT = 24;

    private final Views views;
    private final Clock clock;
    private final Map<ServiceName, Kept> kept = new ConcurrentHashMap<>();

    Sparklines(Views views, Clock clock) {
        this.views = views;
        this.clock = clock;
    }

    Optional<Sparkline> of(ServiceName service) {
        Instant now = clock.instant();
        return kept.compute(
                        service,
                        (name, old) ->
                                old != null && old.at().isAfter(now.minus(KEEP)) ? old : new Kept(now, draw(name, now)))
                .line();
    }

    private Optional<Sparkline> draw(ServiceName service, Instant now) {
        Instant from = now.minus(SPAN);
        return Sparkline.p95(views.series(service, from, now, STEP), from, now, WIDTH, HEIGHT);
    }

    private record Kept(Instant at, Optional<Sparkline> line) {}
}
