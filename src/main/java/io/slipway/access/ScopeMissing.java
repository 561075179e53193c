package io.slipway.access;

import io.slipway.base.ServiceName;
import java.util.Optional;
import org.springframework.security.access.AccessDeniedException;

/** The token is good, and does not allow this. Answered 403, naming the scope that would. */
public final class ScopeMissing extends AccessDeniedException {
    private static final long serialVersionUID = 1L;
    private final Scope scope;

    public ScopeMissing(Scope scope, Optional<ServiceName> service, Caller caller) {
        super("Token '" + caller.name() + "' has the scopes [" + caller.grantList() + "]; this needs the scope '"
                + scope.label() + "' for "
                + service.map(s -> "service " + s).orElse("all services")
                + ". Nothing was changed. Ask an admin for a token that has it.");
        this.scope = scope;
    }

    public Scope scope() {
        return scope;
    }
}
