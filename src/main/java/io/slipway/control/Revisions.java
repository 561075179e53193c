package io.slipway.control;

import io.slipway.base.RevisionId;
import io.slipway.control.FleetStore.Aim;
import io.slipway.control.Views.RevisionView;
import io.slipway.placement.Wanted;
import io.slipway.release.ReleaseSpec;
import io.slipway.rollout.Target;
import io.slipway.rollout.Target.ArmTarget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What revisions are made of. They never change but for their image's digest, which is found out once; so each is read once it has that. */
final class Revisions {
    private final ServiceStore services;
    private final Map<RevisionId, RevisionView> known = new ConcurrentHashMap<>();

    Revisions(ServiceStore services) {
        this.services = services;
    }

    Optional<ReleaseSpec> spec(RevisionId revision) {
        RevisionView view = known.get(revision);
        return view != null ? Optional.of(view.spec()) : read(revision).map(RevisionView::spec);
    }

    /** As hosts are to open it; with its digest from the image check on. */
    Optional<String> image(RevisionId revision) {
        RevisionView view = known.get(revision);
        return view != null && view.digest().isPresent()
                ? Optional.of(view.pinnedImage())
                : read(revision).map(RevisionView::pinnedImage);
    }

    private Optional<RevisionView> read(RevisionId revision) {
        Optional<RevisionView> found = services.revision(revision);
        found.ifPresent(view -> known.put(revision, view));
        return found;
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
        return target.arms().stream().flatMap(arm -> wanted(arm, arm.others())).toList();
    }

    /** @param others whether the processes beside the routed one run, too */
    Stream<Wanted> wanted(ArmTarget arm, boolean others) {
        Optional<ReleaseSpec> spec = spec(arm.revision());
        Optional<String> image = image(arm.revision());
        return spec.isEmpty() || image.isEmpty()
                ? Stream.empty()
                : Wanted.of(arm.arm(), arm.revision(), spec.get(), image.get(), arm.replicas(), others).stream();
    }
}
