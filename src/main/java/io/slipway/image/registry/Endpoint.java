package io.slipway.image.registry;

import io.slipway.image.ImageReference;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A server that one repository is asked of.
 *
 * @param name by which settings and credentials know it: host, or host:port
 * @param base up to and with {@code /v2/} and the repository's name
 * @param repository as this server calls it
 */
record Endpoint(String name, URI base, String repository, boolean mirror) {
    private static final String HUB = "docker.io";
    private static final String HUB_HOST = "registry-1.docker.io";

    /** Mirrors first, the registry itself last. */
    static List<Endpoint> route(ImageReference image, RegistrySettings settings) throws RegistryException {
        List<Endpoint> route = new ArrayList<>();
        for (URI mirror : settings.host(image.registry()).mirrors()) {
            route.add(mirror(mirror, image.repository()));
        }
        String host = image.registry().equals(HUB) ? HUB_HOST : image.registry();
        String scheme = plain(image.registry(), host, settings) ? "http" : "https";
        route.add(new Endpoint(
                image.registry(),
                URI.create(scheme + "://" + host + "/v2/" + image.repository() + "/"),
                image.repository(),
                false));
        return route;
    }

    Origin origin() {
        return Origin.of(base);
    }

    /** @param path e.g. {@code manifests/latest} */
    URI uri(String path) {
        return base.resolve(path);
    }

    @Override
    public String toString() {
        return (mirror ? "mirror " : "registry ") + name;
    }

    private static Endpoint mirror(URI mirror, String repository) {
        String prefix = mirror.getPath() == null ? "" : mirror.getPath().replaceAll("^/+|/+$", "");
        String named = prefix.isEmpty() ? repository : prefix + "/" + repository;
        Origin origin = Origin.of(mirror);
        return new Endpoint(
                origin.hostAndPort(),
                URI.create(mirror.getScheme() + "://" + mirror.getRawAuthority() + "/v2/" + named + "/"),
                named,
                true);
    }

    private static boolean plain(String name, String host, RegistrySettings settings) throws RegistryException {
        RegistryHost rules = settings.host(name);
        if (rules.plainHttp().isPresent() || rules.ca().isPresent()) {
            return rules.plainHttp().orElse(false);
        }
        int colon = host.lastIndexOf(':');
        String bare = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        return looksLocal(bare) && AddressGuard.place(bare) == AddressGuard.Place.LOOPBACK;
    }

    /** Other names are not resolved before they are asked: TLS is for them, wherever they lie. */
    private static boolean looksLocal(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.startsWith("127.")
                || host.equals("[::1]");
    }
}
