package io.slipway.control;

import io.slipway.base.Arm;
import io.slipway.base.RevisionId;
import io.slipway.base.ServiceName;
import io.slipway.base.Weight;
import io.slipway.control.EffectRunner.CheckRunner;
import io.slipway.control.FleetStore.Host;
import io.slipway.control.FleetStore.Placed;
import io.slipway.placement.Allocation;
import io.slipway.placement.Capacity;
import io.slipway.placement.HostRoom;
import io.slipway.placement.Wanted;
import io.slipway.release.Check;
import io.slipway.rollout.RolloutEvent;
import io.slipway.rollout.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The checks that the fleet's rows answer. */
public final class FleetChecks implements CheckRunner {
    private final RolloutStore rollouts;
    private final ServiceStore services;
    private final FleetStore fleet;
    private final Revisions revisions;
    private final double cpuOvercommit;

    /** {@code cpuOvercommit}: cores promised per core of a host. */
    public FleetChecks(RolloutStore rollouts, ServiceStore services, FleetStore fleet, double cpuOvercommit) {
        this.rollouts = rollouts;
        this.services = services;
        this.fleet = fleet;
        this.revisions = new Revisions(services);
        this.cpuOvercommit = cpuOvercommit;
    }

    @Override
    public Optional<RolloutEvent> run(Rollout rollout, Check check) {
        List<Host> alive = fleet.hosts().stream()
                .filter(host -> host.aliveAt(rollouts.now()))
                .toList();
        return switch (check) {
            case IMAGE -> image(rollout, alive);
            case CAPACITY -> capacity(rollout, alive);
            // A replica is its own answer: the machine starts one, and hears of it by FleetChanged.
            case SMOKE -> Optional.empty();
        };
    }

    /** Every host that is heard of must have it, and the same; the digest is then kept with the revision. */
    private Optional<RolloutEvent> image(Rollout rollout, List<Host> alive) {
        String image = rollout.spec().image();
        String asked = revisions.image(rollout.revision()).orElse(image);
        ImageCheck check =
                new ImageCheck(image, asked, alive.stream().map(Host::report).toList());
        return check.answer().map(answer -> switch (answer) {
            case ImageCheck.Unusable it -> CheckRunner.failed(Check.IMAGE, it.code(), it.text());
            case ImageCheck.Usable it -> {
                services.pin(rollout.revision(), it.digest());
                yield CheckRunner.passed(Check.IMAGE, it.text());
            }
        });
    }

    private Optional<RolloutEvent> capacity(Rollout rollout, List<Host> alive) {
        List<Placed> placed = fleet.present();
        List<Allocation> assigned = placed.stream().map(Placed::allocation).toList();
        List<HostRoom> rooms = alive.stream()
                .map(host -> HostRoom.of(host.report(), assigned, cpuOvercommit))
                .toList();
        List<Wanted> peak = peak(rollout);
        Optional<String> missing = Capacity.missing(peak, current(placed, rollout.service()), rooms);
        return Optional.of(missing.map(what -> CheckRunner.failed(Check.CAPACITY, "no-room", "no room: " + what))
                .orElseGet(() -> CheckRunner.passed(Check.CAPACITY, room(peak))));
    }

    private static List<io.slipway.placement.Placed> current(List<Placed> placed, ServiceName service) {
        return Fitting.own(placed, service).stream()
                .map(p -> new io.slipway.placement.Placed(
                        p.allocation(), p.status().map(s -> s.state())))
                .toList();
    }

    /** Candidate, control and stable replicas together, as they run around the promotion. */
    private List<Wanted> peak(Rollout rollout) {
        List<Wanted> peak = new ArrayList<>();
        Targets.of(rollout.spec(), rollout.state().course(), Weight.ALL, Targets.Phase.SHIFTED)
                .arms()
                .forEach(arm -> revisions.wanted(arm, arm.arm() != Arm.CONTROL).forEach(peak::add));
        return peak;
    }

    private static String room(List<Wanted> peak) {
        double cpu = peak.stream()
                .mapToDouble(w -> w.replicas() * w.spec().resources().cpu())
                .sum();
        long memory = peak.stream()
                .mapToLong(w -> w.replicas() * w.spec().resources().memoryBytes())
                .sum();
        String arms = peak.stream()
                .map(Wanted::revision)
                .distinct()
                .map(RevisionId::label)
                .collect(Collectors.joining(" and "));
        return String.format(Locale.ROOT, "there is room for %s at once: %.2f cores, %d MiB", arms, cpu, memory >> 20);
    }
}
