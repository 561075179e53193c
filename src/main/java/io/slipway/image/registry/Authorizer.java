package io.slipway.image.registry;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Proves who we are: Basic, or Bearer tokens from the server that the registry names (Docker's token authentication, OAuth2 refresh tokens). */
final class Authorizer {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int TOKEN_BYTES_MAX = 1 << 20;
    private static final long LIFE_SECONDS_DEFAULT = 60;
    private static final long LIFE_SECONDS_MAX = 3600;
    private static final String CLIENT = "slipway";

    private final DockerConfig credentials;
    private final Hops hops;
    private final Pauses pauses;
    private final Map<Scope, Proof> known = new ConcurrentHashMap<>();
    private final Map<Scope, ReentrantLock> locks = new ConcurrentHashMap<>();

    /** Whom a proof is for. */
    private record Scope(Origin origin, String repository) {}

    /** A header's value, and until when it is good. */
    private record Proof(String header, long untilNanos) {
        @Override
        public String toString() {
            return "Proof[...]";
        }
    }

    Authorizer(DockerConfig credentials, Hops hops, Pauses pauses) {
        this.credentials = credentials;
        this.hops = hops;
        this.pauses = pauses;
    }

    /** What was accepted before, while it is good. */
    Optional<String> known(Endpoint endpoint) {
        Proof proof = known.get(new Scope(endpoint.origin(), endpoint.repository()));
        return proof == null || proof.untilNanos - pauses.nanoTime() < 0 ? Optional.empty() : Optional.of(proof.header);
    }

    /**
     * Answers a challenge.
     *
     * @param refused what was sent and not accepted
     * @throws RegistryException if there is no other way to prove who we are
     */
    String answer(Endpoint endpoint, List<Challenge> challenges, Optional<String> refused, Tries tries)
            throws IOException {
        Scope scope = new Scope(endpoint.origin(), endpoint.repository());
        ReentrantLock lock = locks.computeIfAbsent(scope, _ -> new ReentrantLock());
        lock.lock();
        try {
            // Layers are pulled at once, and one new token is for all of them.
            Optional<String> other = known(endpoint);
            return other.isPresent() && !other.equals(refused)
                    ? other.get()
                    : renew(endpoint, challenges, refused, tries);
        } finally {
            lock.unlock();
        }
    }

    private String renew(Endpoint endpoint, List<Challenge> challenges, Optional<String> refused, Tries tries)
            throws IOException {
        known.remove(new Scope(endpoint.origin(), endpoint.repository()));
        Optional<Credential> credential = credentials.find(endpoint.name(), endpoint.repository());
        Optional<Challenge> bearer = Challenge.find(challenges, "bearer");
        Proof proof;
        if (bearer.isPresent()) {
            proof = bearer(endpoint, bearer.get(), credential, tries);
        } else if (Challenge.find(challenges, "basic").isPresent()) {
            proof = basic(endpoint, credential);
        } else {
            throw unauthorized(endpoint, "asks for credentials in no way that is known here (Basic, Bearer)");
        }
        if (refused.isPresent() && refused.get().equals(proof.header)) {
            throw unauthorized(endpoint, "refused the credentials of " + credentials.file());
        }
        known.put(new Scope(endpoint.origin(), endpoint.repository()), proof);
        return proof.header;
    }

    private Proof basic(Endpoint endpoint, Optional<Credential> credential) throws RegistryException {
        if (credential.isPresent() && credential.get() instanceof Credential.Login login) {
            return new Proof(
                    login.basic(), pauses.nanoTime() + Duration.ofDays(1).toNanos());
        }
        throw unauthorized(endpoint, "asks for a user and password, and " + credentials.file() + " has none for it");
    }

    private Proof bearer(Endpoint endpoint, Challenge challenge, Optional<Credential> credential, Tries tries)
            throws IOException {
        if (credential.isPresent() && credential.get() instanceof Credential.Access access) {
            return new Proof(
                    "Bearer " + access.token(),
                    pauses.nanoTime() + Duration.ofMinutes(1).toNanos());
        }
        URI realm = realm(endpoint, challenge);
        String query = "service=" + encoded(challenge.parameter("service").orElse("")) + "&scope="
                + encoded(challenge.parameter("scope").orElse("repository:" + endpoint.repository() + ":pull"));
        while (true) {
            try (Answer answer = ask(endpoint, realm, query, credential)) {
                if (answer.ok()) {
                    return token(endpoint, realm, answer);
                }
                if (!answer.passing()) {
                    throw refused(endpoint, realm, answer, credential.isPresent());
                }
                tries.passing(answer);
            } catch (IOException e) {
                tries.broke(e);
            }
        }
    }

    private Answer ask(Endpoint endpoint, URI realm, String query, Optional<Credential> credential) throws IOException {
        if (credential.isPresent() && credential.get() instanceof Credential.Refresh refresh) {
            return hops.post(
                    realm,
                    endpoint,
                    "grant_type=refresh_token&client_id=" + CLIENT + "&" + query + "&refresh_token="
                            + encoded(refresh.token()));
        }
        Map<String, String> headers = new HashMap<>();
        if (credential.isPresent() && credential.get() instanceof Credential.Login login) {
            headers.put("Authorization", login.basic());
        }
        String joined = realm + (realm.getRawQuery() == null ? "?" : "&") + query;
        return hops.getFrom(URI.create(joined), endpoint, headers);
    }

    private static URI realm(Endpoint endpoint, Challenge challenge) throws RegistryException {
        try {
            URI realm = new URI(challenge.parameter("realm").orElse(""));
            boolean web = "https".equalsIgnoreCase(realm.getScheme()) || "http".equalsIgnoreCase(realm.getScheme());
            if (web && realm.getHost() != null && realm.getRawUserInfo() == null && realm.getRawFragment() == null) {
                return realm;
            }
        } catch (java.net.URISyntaxException e) {
            // Told below, in the same words.
        }
        throw new RegistryException(
                RegistryException.Kind.BROKEN,
                endpoint + " asks for a token and names no usable address to get it from; tell who runs it");
    }

    private Proof token(Endpoint endpoint, URI realm, Answer answer) throws IOException {
        byte[] text = answer.body().readNBytes(TOKEN_BYTES_MAX);
        try {
            JsonNode node = JSON.readTree(text);
            String token = node.path("token").asString(node.path("access_token").asString(""));
            if (!token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 127)) {
                long life = node.path("expires_in").asLong(LIFE_SECONDS_DEFAULT);
                long seconds = Math.clamp(life, 1, LIFE_SECONDS_MAX);
                return new Proof(
                        "Bearer " + token,
                        pauses.nanoTime() + Duration.ofMillis(seconds * 900).toNanos());
            }
        } catch (JacksonException e) {
            // Without the cause: it may hold the token.
        }
        throw new RegistryException(
                RegistryException.Kind.BROKEN,
                "the token server " + Origin.of(realm) + " of " + endpoint
                        + " answered without a token; tell who runs it");
    }

    private RegistryException refused(Endpoint endpoint, URI realm, Answer answer, boolean withCredentials) {
        String what = "the token server " + Origin.of(realm) + " of " + endpoint + " answered " + answer.status();
        return new RegistryException(
                answer.status() == 403 ? RegistryException.Kind.DENIED : RegistryException.Kind.UNAUTHORIZED,
                what + " for " + endpoint.repository()
                        + (withCredentials
                                ? " to the credentials of " + credentials.file() + "; log in again: docker login "
                                : ", asked without credentials, as " + credentials.file()
                                        + " has none; log in: docker login ")
                        + endpoint.name());
    }

    private RegistryException unauthorized(Endpoint endpoint, String why) {
        return new RegistryException(
                RegistryException.Kind.UNAUTHORIZED,
                endpoint + " " + why + "; log in, e.g. with docker login " + endpoint.name()
                        + ", and see that the repository " + endpoint.repository() + " exists");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
