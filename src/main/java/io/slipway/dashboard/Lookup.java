package io.slipway.dashboard;

import io.slipway.access.Caller;
import io.slipway.base.RolloutId;
import io.slipway.base.ServiceName;
import io.slipway.control.Views;
import io.slipway.control.Views.RolloutView;
import io.slipway.control.Views.ServiceView;

/** Finds what an address names, where the caller may see it. */
final class Lookup {
    private final Views views;

    Lookup(Views views) {
        this.views = views;
    }

    RolloutView rollout(String id) {
        return views.rollout(new RolloutId(id))
                .filter(r -> Caller.current().sees(r.revision().service()))
                .orElseThrow(() -> new Missing("rollout " + id));
    }

    ServiceView service(String name) {
        if (!ServiceName.isValid(name)) {
            throw new Missing("service " + name);
        }
        ServiceName valid = new ServiceName(name);
        return views.service(valid)
                .filter(s -> Caller.current().sees(valid))
                .orElseThrow(() -> new Missing("service " + name));
    }
}
