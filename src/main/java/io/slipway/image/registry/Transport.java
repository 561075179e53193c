package io.slipway.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** One request and its answer over java.net.http; follows nothing, tries nothing again. HTTP/1.1 only, so that one broken connection is one broken answer. */
final class Transport implements AutoCloseable {
    private static final String AGENT = "slipway";
    private final RegistrySettings settings;
    private final Map<Optional<Path>, HttpClient> clients = new ConcurrentHashMap<>();

    Transport(RegistrySettings settings) {
        this.settings = settings;
    }

    /** @param form body of a POST; a GET if there is none */
    Answer send(URI uri, Map<String, String> headers, Optional<String> form, Optional<Path> ca) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(settings.silenceMax())
                .header("User-Agent", AGENT);
        headers.forEach(request::header);
        form.ifPresent(body -> request.header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        try {
            HttpResponse<InputStream> response =
                    client(ca).send(request.build(), _ -> new TimedBody(settings.silenceMax()));
            return new Answer(uri, response.statusCode(), response.headers(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking " + Origin.of(uri));
        }
    }

    private HttpClient client(Optional<Path> ca) throws RegistryException {
        HttpClient known = clients.get(ca);
        if (known == null) {
            HttpClient made = newClient(ca);
            known = clients.putIfAbsent(ca, made);
            if (known == null) {
                return made;
            }
            made.shutdownNow();
        }
        return known;
    }

    private HttpClient newClient(Optional<Path> ca) throws RegistryException {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectWithin())
                .executor(Executors.newVirtualThreadPerTaskExecutor());
        if (ca.isPresent()) {
            builder.sslContext(PrivateCa.context(ca.get()));
        }
        return builder.build();
    }

    @Override
    public void close() {
        clients.values().forEach(HttpClient::shutdownNow);
    }
}
