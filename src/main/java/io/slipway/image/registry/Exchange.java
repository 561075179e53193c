package io.slipway.image.registry;

import io.slipway.image.PullProgress;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Gets something of one endpoint: proves who we are when asked, waits when told, tries again what may pass. */
final class Exchange {
    private final Hops hops;
    private final Authorizer authorizer;
    private final Pauses pauses;
    private final PullProgress progress;
    /** Until when an origin is not to be asked; many layers are pulled at once, and one refusal is for all of them. */
    private final Map<Origin, Long> limits = new ConcurrentHashMap<>();

    Exchange(Hops hops, Authorizer authorizer, Pauses pauses, PullProgress progress) {
        this.hops = hops;
        this.authorizer = authorizer;
        this.pauses = pauses;
        this.progress = progress;
    }

    Tries tries(Endpoint endpoint, String path, Duration patience) {
        return new Tries(pauses, patience, progress, "GET " + shown(endpoint.uri(path)));
    }

    /** Gives an answer with a status of 200 or 206. */
    Answer get(Endpoint endpoint, String path, Map<String, String> headers, Tries tries, String what)
            throws IOException {
        URI uri = endpoint.uri(path);
        Optional<String> proof = authorizer.known(endpoint);
        boolean proven = false;
        while (true) {
            tries.until(limits.getOrDefault(endpoint.origin(), pauses.nanoTime()));
            Map<String, String> sent = new HashMap<>(headers);
            proof.ifPresent(header -> sent.put("Authorization", header));
            Answer answer;
            try {
                answer = hops.get(uri, endpoint, sent);
            } catch (IOException e) {
                tries.broke(e);
                continue;
            }
            if (answer.ok()) {
                return answer;
            }
            try (answer) {
                boolean own = Origin.of(answer.uri()).equals(endpoint.origin());
                if (answer.status() == 401 && own && !proven) {
                    proof = Optional.of(authorizer.answer(
                            endpoint, Challenge.parse(answer.headers().allValues("WWW-Authenticate")), proof, tries));
                    proven = true;
                } else if (answer.passing()) {
                    remember(Origin.of(answer.uri()), answer);
                    tries.passing(answer);
                } else {
                    throw Refusal.of(endpoint, answer, what);
                }
            }
        }
    }

    private void remember(Origin origin, Answer answer) {
        RetryAfter.read(answer.headers(), answer.status())
                .ifPresent(wait -> limits.put(origin, pauses.nanoTime() + wait.toNanos()));
    }

    /** Without a query, which may hold a signature. */
    private static String shown(URI uri) {
        return Origin.of(uri) + uri.getRawPath();
    }
}
