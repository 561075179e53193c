package io.slipway.image.registry;

import io.slipway.image.Digest;
import io.slipway.image.ImageReference;
import io.slipway.image.ImageRegistry;
import io.slipway.image.PullProgress;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Pulls from registries over the network. For many threads; holds connections until closed. */
public final class RegistryClient implements ImageRegistry, AutoCloseable {
    private static final int MANIFEST_BYTES_MAX = 4 << 20;
    /** For a mirror, as there is somebody else to ask. */
    private static final Duration BRIEFLY = Duration.ofSeconds(1);

    private static final String ACCEPT = String.join(
            ", ",
            "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json");

    private final RegistrySettings settings;
    private final Transport transport;
    private final Exchange exchange;
    private final Map<Digest, String> givers = new ConcurrentHashMap<>();
    /** Who gave wrong content: they are not asked for it again while there is somebody else. */
    private final Map<Digest, Set<String>> liars = new ConcurrentHashMap<>();

    public RegistryClient(RegistrySettings settings, PullProgress progress) {
        this(settings, progress, Pauses.REAL);
    }

    RegistryClient(RegistrySettings settings, PullProgress progress, Pauses pauses) {
        this.settings = settings;
        this.transport = new Transport(settings);
        Hops hops = new Hops(transport, settings);
        this.exchange =
                new Exchange(hops, new Authorizer(new DockerConfig(settings.auth()), hops, pauses), pauses, progress);
    }

    @Override
    public Document manifest(ImageReference image, String tagOrDigest) throws IOException {
        String path = "manifests/" + tagOrDigest;
        String what = (tagOrDigest.contains(":") ? "manifest " : "tag ") + tagOrDigest + " of " + image.repository();
        return first(image, Set.of(), (endpoint, patience) -> {
            Tries tries = exchange.tries(endpoint, path, patience);
            while (true) {
                try (Answer answer = exchange.get(endpoint, path, Map.of("Accept", ACCEPT), tries, what)) {
                    return document(endpoint, answer, tagOrDigest, what);
                } catch (IOException e) {
                    tries.broke(e);
                }
            }
        });
    }

    @Override
    public Optional<Document> find(ImageReference image, String tagOrDigest) throws IOException {
        try {
            return Optional.of(manifest(image, tagOrDigest));
        } catch (RegistryException e) {
            if (e.kind() == RegistryException.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public InputStream blob(ImageReference image, Digest digest, long size, long from) throws IOException {
        Set<String> without = liars.getOrDefault(digest, Set.of());
        return first(image, without, (endpoint, patience) -> {
            Tries tries = exchange.tries(endpoint, BlobRequest.path(digest), patience);
            BlobStream stream = new BlobStream(new BlobRequest(exchange, endpoint, digest, size, tries), size, from);
            givers.put(digest, endpoint.name());
            return stream;
        });
    }

    /** Asks one after the other, until one gives it. */
    private <T> T first(ImageReference image, Set<String> without, Asking<T> asking) throws IOException {
        List<Endpoint> route = Endpoint.route(image, settings);
        for (Endpoint endpoint : route.subList(0, route.size() - 1)) {
            if (!without.contains(endpoint.name())) {
                try {
                    return asking.ask(endpoint, BRIEFLY);
                } catch (RegistryException e) {
                    // The next one is asked, and the last one tells.
                }
            }
        }
        return asking.ask(route.getLast(), settings.patience());
    }

    @Override
    public void distrust(ImageReference image, Digest digest) {
        String giver = givers.remove(digest);
        if (giver != null) {
            liars.computeIfAbsent(digest, _ -> ConcurrentHashMap.newKeySet()).add(giver);
        }
    }

    private static Document document(Endpoint endpoint, Answer answer, String tagOrDigest, String what)
            throws IOException {
        byte[] content = answer.body().readNBytes(MANIFEST_BYTES_MAX + 1);
        if (content.length > MANIFEST_BYTES_MAX) {
            throw broken(endpoint + " answered the request for " + what + " with more than " + MANIFEST_BYTES_MAX
                    + " bytes, which no manifest has");
        }
        String found = Digest.of(content).toString();
        String named = tagOrDigest.contains(":") ? tagOrDigest : answer.header("Docker-Content-Digest");
        if (named.startsWith("sha256:") && !named.equals(found)) {
            throw new WrongContent(endpoint + " gave " + found + " where " + named + " was promised");
        }
        String type = answer.header("Content-Type");
        int semicolon = type.indexOf(';');
        return new Document((semicolon < 0 ? type : type.substring(0, semicolon)).strip(), content);
    }

    private static RegistryException broken(String what) {
        return new RegistryException(RegistryException.Kind.BROKEN, what + "; tell who runs it");
    }

    @Override
    public void close() {
        transport.close();
    }

    /** Something that one endpoint is asked. */
    private interface Asking<T> {
        T ask(Endpoint endpoint, Duration patience) throws IOException;
    }
}
