package io.slipway.access;

import io.slipway.base.ServiceName;
import io.slipway.control.Actor;
import io.slipway.control.Tokens.Token;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Who sent the request in hand, and what its token allows.
 *
 * @param name of the token: a person or a pipeline
 */
public record Caller(String name, Set<Grant> grants) {
    public Caller {
        grants = Set.copyOf(grants);
    }

    static Caller of(Token token) {
        Set<Grant> grants = token.scopes().stream()
                .map(Grant::parse)
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
        if (token.admin()) {
            grants.add(new Grant(Scope.ADMIN, Optional.empty()));
        }
        return new Caller(token.name(), grants);
    }

    /** The caller of the request that this thread answers. */
    public static Caller current() {
        return known().orElseThrow(
                        () -> new InsufficientAuthenticationException("No token was shown with the request."));
    }

    /** As {@link #current}, where there is one. */
    public static Optional<Caller> known() {
        Authentication now = SecurityContextHolder.getContext().getAuthentication();
        return now != null && now.getPrincipal() instanceof Caller caller ? Optional.of(caller) : Optional.empty();
    }

    public boolean may(Scope scope, ServiceName which) {
        return grants.stream().anyMatch(g -> g.allows(scope, which));
    }

    public boolean mayEverywhere(Scope scope) {
        return grants.stream().anyMatch(g -> g.allowsEverywhere(scope));
    }

    public boolean sees(ServiceName which) {
        return may(Scope.READ, which);
    }

    /** This caller, if its token has the scope for the service. */
    public Caller allowed(Scope scope, ServiceName which) throws ScopeMissing {
        if (!may(scope, which)) {
            throw new ScopeMissing(scope, Optional.of(which), this);
        }
        return this;
    }

    /** This caller, if its token has the scope for all services. */
    public Caller allowedEverywhere(Scope scope) throws ScopeMissing {
        if (!mayEverywhere(scope)) {
            throw new ScopeMissing(scope, Optional.empty(), this);
        }
        return this;
    }

    /**
     * This caller, if it may take the service back. Hauling back is never blocked by ownership: any token that may release or operate
     * the service will do. One that may only read cannot, since a wallboard's token lies on a wallboard.
     */
    public Caller allowedToRevert(ServiceName which) throws ScopeMissing {
        return may(Scope.RELEASE, which) ? this : allowed(Scope.OPERATE, which);
    }

    public boolean mayRevert(ServiceName which) {
        return may(Scope.RELEASE, which) || may(Scope.OPERATE, which);
    }

    public Actor actor() {
        return new Actor(name, mayEverywhere(Scope.ADMIN));
    }

    String grantList() {
        return grants.stream().map(Grant::toString).sorted().collect(Collectors.joining(", "));
    }
}
