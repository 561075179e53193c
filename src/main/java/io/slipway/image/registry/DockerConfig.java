package io.slipway.image.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Credentials as {@code docker login} and {@code podman login} keep them: {@code auths}, {@code credHelpers} and {@code credsStore} of
 * {@code ~/.docker/config.json}. Read anew for each question, as helpers give tokens that expire.
 */
final class DockerConfig {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int BYTES_MAX = 1 << 20;
    private static final List<String> DOCKER_HUB =
            List.of("https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io");

    private final Path file;

    DockerConfig(Path file) {
        this.file = file;
    }

    /** {@code $DOCKER_CONFIG/config.json}, or that of the home directory. */
    static Path usual() {
        String named = System.getenv("DOCKER_CONFIG");
        return named != null && !named.isEmpty()
                ? Path.of(named, "config.json")
                : Path.of(System.getProperty("user.home", "/root"), ".docker", "config.json");
    }

    /** For people. */
    Path file() {
        return file;
    }

    /**
     * @param registry as a reference names it
     * @param repository as some files name credentials for a part of a registry
     */
    Optional<Credential> find(String registry, String repository) throws RegistryException {
        JsonNode config = read();
        List<String> names = registry.equals("docker.io") ? DOCKER_HUB : List.of(registry);
        String own = config.path("credHelpers").path(registry).asString("");
        String helper = own.isEmpty() ? config.path("credsStore").asString("") : own;
        if (!helper.isEmpty()) {
            Optional<Credential> found = new CredentialHelper(helper).get(names.getFirst());
            if (found.isPresent()) {
                return found;
            }
        }
        JsonNode auths = config.path("auths");
        String best = "";
        for (String key : auths.propertyNames()) {
            if (key.length() > best.length() && covers(key, names, repository)) {
                best = key;
            }
        }
        return best.isEmpty() ? Optional.empty() : credential(auths.path(best), best);
    }

    private JsonNode read() throws RegistryException {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw unusable("is larger than " + BYTES_MAX + " bytes");
            }
            return JSON.readTree(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return JSON.createObjectNode();
        } catch (JacksonException e) {
            // Its message may hold what the file holds.
            throw unusable("is not valid JSON at line " + e.getLocation().getLineNr());
        } catch (RegistryException e) {
            throw e;
        } catch (IOException e) {
            throw unusable("cannot be read: " + e);
        }
    }

    /** A key is a registry, an address of one as old versions of docker wrote it, or a registry and the beginning of a repository. */
    private static boolean covers(String key, List<String> names, String repository) {
        if (names.contains(key)) {
            return true;
        }
        boolean address = key.startsWith("https://") || key.startsWith("http://");
        String rest = address ? key.substring(key.indexOf("://") + 3) : key;
        int slash = rest.indexOf('/');
        String host = slash < 0 ? rest : rest.substring(0, slash);
        if (!names.contains(host)) {
            return false;
        }
        String path = slash < 0 || address ? "" : rest.substring(slash + 1);
        return path.isEmpty() || repository.equals(path) || repository.startsWith(path + "/");
    }

    private Optional<Credential> credential(JsonNode entry, String key) throws RegistryException {
        String identity = entry.path("identitytoken").asString("");
        if (!identity.isEmpty()) {
            return Optional.of(new Credential.Refresh(identity));
        }
        String token = entry.path("registrytoken").asString("");
        if (!token.isEmpty()) {
            return Optional.of(new Credential.Access(token));
        }
        String auth = entry.path("auth").asString("");
        String pair = auth.isEmpty()
                ? entry.path("username").asString("") + ":"
                        + entry.path("password").asString("")
                : decoded(auth, key);
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw unusable("has an entry for " + key + " that holds no user and password; log in again");
        }
        return pair.equals(":")
                ? Optional.empty()
                : Optional.of(new Credential.Login(pair.substring(0, colon), pair.substring(colon + 1)));
    }

    private String decoded(String auth, String key) throws RegistryException {
        try {
            // Some versions of docker fill the end with NUL.
            return new String(Base64.getDecoder().decode(auth.strip()), StandardCharsets.UTF_8).replace("\0", "");
        } catch (IllegalArgumentException e) {
            throw unusable("has an entry for " + key + " that is not base64; log in again");
        }
    }

    private RegistryException unusable(String why) {
        return new RegistryException(
                RegistryException.Kind.SETUP, "the file with registry credentials " + file + " " + why);
    }
}
