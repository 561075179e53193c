package io.slipway.access;

import io.slipway.base.ServiceName;
import java.util.Optional;

/**
 * A scope, for one service or for all. Stored as {@code release} or {@code release:checkout}.
 *
 * @param service empty means all
 */
public record Grant(Scope scope, Optional<ServiceName> service) {
    /** Empty for text that is not a grant, so that what is not understood allows nothing. */
    public static Optional<Grant> parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return Scope.named(text).map(scope -> new Grant(scope, Optional.empty()));
        }
        String service = text.substring(colon + 1);
        return Scope.named(text.substring(0, colon))
                .filter(scope -> ServiceName.isValid(service))
                .map(scope -> new Grant(scope, Optional.of(new ServiceName(service))));
    }

    boolean allows(Scope wanted, ServiceName which) {
        return scope.includes(wanted) && service.map(which::equals).orElse(true);
    }

    boolean allowsEverywhere(Scope wanted) {
        return scope.includes(wanted) && service.isEmpty();
    }

    @Override
    public String toString() {
        return scope.label() + service.map(s -> ":" + s).orElse("");
    }
}
