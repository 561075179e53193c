package io.slipway.control;

import io.slipway.base.RevisionId;
import io.slipway.control.FleetStore.Aim;
import io.slipway.placement.Wanted;
import io.slipway.release.ReleaseSpec;
import io.slipway.rollout.Target;
import io.slipway.rollout.Target.ArmTarget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What revisions are made of. They never change, so each is read once. */
final class Revisions {
    private final ServiceStore services;
    private final Map<RevisionId, ReleaseSpec> known = new ConcurrentHashMap<>();

    Revisions(ServiceStore services) {
        this.services = services;
    }

    Optional<ReleaseSpec> spec(RevisionId revision) {
        ReleaseSpec spec = known.get(revision);
        if (spec == null) {
            Optional<ReleaseSpec> found = services.revision(revision).map(view -> view.spec());
            found.ifPresent(read -> known.put(revision, read));
            return found;
        }
        return Optional.of(spec);
    }

    /** Of all revisions that the targets name. */
    Map<RevisionId, ReleaseSpec> of(List<Aim> aims) {
        Map<RevisionId, ReleaseSpec> specs = new HashMap<>();
        aims.stream()
                .flatMap(aim -> aim.target().arms().stream())
                .map(ArmTarget::revision)
                .forEach(revision -> spec(revision).ifPresent(spec -> specs.put(revision, spec)));
        return specs;
    }

    List<Wanted> wanted(Target target) {
        return target.arms().stream()
                .flatMap(arm -> spec(arm.revision()).stream()
                        .flatMap(spec ->
                                Wanted.of(arm.arm(), arm.revision(), spec, spec.image(), arm.replicas(), arm.others())
                                        .stream()))
                .toList();
    }
}
