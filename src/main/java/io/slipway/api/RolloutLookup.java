package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.Views;
import io.slipway.control.Views.RolloutView;
import io.slipway.control.Views.ServiceView;

/** Finds what an address names, where the caller may see it. What it may not see is as good as absent. */
final class RolloutLookup {
    private final Views views;

    RolloutLookup(Views views) {
        this.views = views;
    }

    RolloutView visible(String id) {
        if (id.isBlank()) {
            throw BadRequest.missing("rollout", id);
        }
        return views.rollout(new RolloutId(id))
                .filter(v -> Caller.current().sees(v.revision().service()))
                .orElseThrow(() -> BadRequest.missing("rollout", id));
    }

    ServiceView visibleService(String name) {
        ServiceName valid = name(name);
        return views.service(valid)
                .filter(v -> Caller.current().sees(valid))
                .orElseThrow(() -> BadRequest.missing("service", name));
    }

    /** A name that no service can have is a service that does not exist. */
    private static ServiceName name(String name) {
        if (!ServiceName.isValid(name)) {
            throw BadRequest.missing("service", name);
        }
        return new ServiceName(name);
    }
}
