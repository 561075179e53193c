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
import java.util.Set;
import java.util.stream.Collectors;

/** The checks that the fleet's rows answer. */
public final class FleetChecks implements CheckRunner {
    private static final String FAILED = "failed:";
    private final RolloutStore rollouts;
    private final ServiceStore services;
    private static final int DIGEST_SHOWN = "sha256:".length() + 12;

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
        List<String> answers = alive.stream()
                .flatMap(host -> Optional.ofNullable(host.report().images().get(asked)).stream())
                .toList();
        Optional<String> failure =
                answers.stream().filter(a -> a.startsWith(FAILED)).findFirst();
        if (failure.isPresent()) {
            return Optional.of(CheckRunner.failed(
                    Check.IMAGE,
                    "image-failed",
                    "image " + image + " cannot be used: "
                            + failure.get().substring(FAILED.length()).strip()));
        }
        Set<String> digests = Set.copyOf(answers);
        if (alive.isEmpty() || answers.size() < alive.size()) {
            return Optional.empty();
        }
        // A digest that was named may be of an index, from which hosts of another kind choose another image.
        int pin = image.lastIndexOf("@sha256:");
        Optional<String> named = pin < 0 ? Optional.empty() : Optional.of(image.substring(pin + 1));
        if (digests.size() > 1 && named.isEmpty()) {
            return Optional.of(CheckRunner.failed(
                    Check.IMAGE,
                    "image-differs",
                    "image " + image + " is not the same on all hosts: " + String.join(", ", digests)
                            + "; name it by its digest"));
        }
        String digest = named.orElse(answers.getFirst());
        services.pin(rollout.revision(), digest);
        return Optional.of(CheckRunner.passed(
                Check.IMAGE,
                "image " + image + " is " + shortened(digest) + " on " + alive.size() + hosts(alive.size())));
    }

    /** Enough to tell images apart; the whole digest is the revision's. */
    private static String shortened(String digest) {
        return digest.substring(0, Math.min(digest.length(), DIGEST_SHOWN));
    }

    private static String hosts(int count) {
        return count == 1 ? " host" : " hosts";
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
