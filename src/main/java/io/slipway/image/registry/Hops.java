package io.slipway.image.registry;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request, followed to where it leads. What proves who we are stays with the origin that it is for: at the first step to another one it is
 * dropped, and does not come back.
 */
final class Hops {
    private static final int HOPS_MAX = 5;
    private static final String AUTHORIZATION = "Authorization";
    private final Transport transport;
    private final RegistrySettings settings;

    Hops(Transport transport, RegistrySettings settings) {
        this.transport = transport;
        this.settings = settings;
    }

    /** Asks, and follows redirects. */
    Answer get(URI uri, Endpoint endpoint, Map<String, String> headers) throws IOException {
        Map<String, String> carried = new HashMap<>(headers);
        List<Origin> via = new ArrayList<>();
        URI at = uri;
        while (true) {
            Answer answer = step(at, endpoint, carried, Optional.empty(), via);
            if (!answer.redirects()) {
                return answer;
            }
            try (answer) {
                if (via.size() == HOPS_MAX) {
                    throw broken(endpoint + " leads from one address to the next, more than " + HOPS_MAX + " times");
                }
                URI next = target(answer, at);
                if (!Origin.of(next).equals(Origin.of(at))) {
                    carried.remove(AUTHORIZATION);
                }
                via.add(Origin.of(at));
                at = next;
            }
        }
    }

    /** Sends a form; an answer that leads elsewhere is given as it is, as the form holds what proves who we are. */
    Answer post(URI uri, Endpoint endpoint, String form) throws IOException {
        return step(uri, endpoint, Map.of(), Optional.of(form), List.of(endpoint.origin()));
    }

    /** Asks once; a redirect is given as it is. {@code endpoint} named this address. */
    Answer getFrom(URI uri, Endpoint endpoint, Map<String, String> headers) throws IOException {
        return step(uri, endpoint, headers, Optional.empty(), List.of(endpoint.origin()));
    }

    private Answer step(
            URI uri, Endpoint endpoint, Map<String, String> headers, Optional<String> form, List<Origin> via)
            throws IOException {
        Origin origin = Origin.of(uri);
        boolean own = origin.equals(endpoint.origin());
        String name = own ? endpoint.name() : origin.hostAndPort();
        RegistryHost rules = settings.host(name);
        AddressGuard.check(origin, rules, own || settings.names(name), via);
        if (!origin.secure() && !own) {
            checkPlain(origin, rules, endpoint);
        }
        Optional<java.nio.file.Path> ca = rules.ca().isPresent()
                ? rules.ca()
                : settings.host(endpoint.name()).ca();
        return transport.send(uri, headers, form, ca);
    }

    private static void checkPlain(Origin origin, RegistryHost rules, Endpoint endpoint) throws RegistryException {
        boolean allowed = rules.plainHttp()
                .orElse(!endpoint.origin().secure()
                        && AddressGuard.place(origin.host()) == AddressGuard.Place.LOOPBACK);
        if (!allowed) {
            throw new RegistryException(
                    RegistryException.Kind.FORBIDDEN,
                    endpoint + " leads to " + origin + ", which is not encrypted; it was not asked. If that is meant,"
                            + " write 'plainHttp: true' for " + origin.hostAndPort() + " in registries.yaml");
        }
    }

    private static URI target(Answer answer, URI at) throws RegistryException {
        String location = answer.header("Location");
        try {
            URI next = at.resolve(location);
            boolean web = "https".equalsIgnoreCase(next.getScheme()) || "http".equalsIgnoreCase(next.getScheme());
            if (!location.isEmpty() && web && next.getHost() != null && next.getRawUserInfo() == null) {
                return next;
            }
        } catch (IllegalArgumentException e) {
            // Told below, in the same words.
        }
        throw broken(Origin.of(at) + " answered " + answer.status() + " without a usable address to go to");
    }

    private static RegistryException broken(String what) {
        return new RegistryException(RegistryException.Kind.BROKEN, what + "; tell who runs it");
    }
}
