package io.slipway.dashboard;

import io.slipway.access.Caller;
import io.slipway.access.Scope;
import io.slipway.control.Views;
import io.slipway.control.Views.HostView;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The hosts, and every replica on them. */
@Controller
final class HostsPage {
    private final Views views;
    private final Clock clock;

    HostsPage(Views views, Clock clock) {
        this.views = views;
        this.clock = clock;
    }

    @GetMapping("/hosts")
    String hosts(Model model) {
        Caller.current().allowedEverywhere(Scope.READ);
        Instant now = clock.instant();
        model.addAttribute(
                "hosts",
                views.hosts().stream()
                        .sorted(Comparator.comparing(h -> h.report().host()))
                        .map(h -> HostLine.of(h, now))
                        .toList());
        model.addAttribute(
                "replicas",
                views.allocations(Optional.empty()).stream()
                        .filter(ReplicaLine::isThere)
                        .map(a -> ReplicaLine.of(a, now))
                        .sorted(Comparator.comparing(ReplicaLine::host)
                                .thenComparing(ReplicaLine::service)
                                .thenComparing(ReplicaLine::revision))
                        .toList());
        Frame.on(model, "Hosts", "hosts", now);
        return "hosts";
    }

    /**
     * A host as one line.
     *
     * @param memoryPercent used, for the bar
     */
    record HostLine(
            String name,
            StateMark mark,
            int cpus,
            String memory,
            int memoryPercent,
            String disk,
            String architecture,
            int replicas,
            Moment seen) {
        static HostLine of(HostView v, Instant now) {
            var r = v.report();
            long used = r.memoryBytes() - r.memoryFreeBytes();
            return new HostLine(
                    r.host().value(),
                    v.alive() ? new StateMark("good", "alive") : new StateMark("bad", "silent"),
                    r.cpus(),
                    Figures.bytes(used) + " of " + Figures.bytes(r.memoryBytes()),
                    r.memoryBytes() == 0 ? 0 : (int) (100 * used / r.memoryBytes()),
                    Figures.bytes(r.diskFreeBytes()) + " free",
                    r.architecture(),
                    r.allocations().size(),
                    Moment.of(v.seenAt(), now));
        }
    }
}
