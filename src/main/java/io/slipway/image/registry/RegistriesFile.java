package io.slipway.image.registry;

import io.slipway.base.NearestName;
import io.slipway.image.SignaturePolicy;
import io.slipway.image.SignatureRule;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What the operator wrote into {@code registries.yaml}: how each registry is spoken to, and whose signatures images need. Without the file
 * everything has its default.
 */
public final class RegistriesFile {
    /** In the data directory. */
    public static final String NAME = "registries.yaml";

    private static final int CHARS_MAX = 256 * 1024;
    private final Path file;

    private RegistriesFile(Path file) {
        this.file = file;
    }

    /**
     * What it says.
     *
     * @param policy accepts everything unless the file says otherwise
     */
    public record Content(RegistrySettings settings, SignaturePolicy policy) {}

    /** @throws RegistryException naming the field, if the file cannot be read or says what is not understood */
    public static Content read(Path file) throws RegistryException {
        return new RegistriesFile(file).read();
    }

    private Content read() throws RegistryException {
        Map<String, Object> root = mapping("", load(), Set.of("registries", "auth", "signatures"));
        Map<String, RegistryHost> hosts = new LinkedHashMap<>();
        for (Map.Entry<String, Object> one :
                mapping("registries", root.get("registries"), Set.of()).entrySet()) {
            hosts.put(one.getKey(), host("registries." + one.getKey(), one.getValue()));
        }
        RegistrySettings settings = RegistrySettings.defaults().withHosts(hosts);
        if (root.get("auth") != null) {
            settings = settings.withAuth(path("auth", root.get("auth")));
        }
        List<SignatureRule> rules = new ArrayList<>();
        for (Object one : list("signatures", root.get("signatures"))) {
            rules.add(rule("signatures[" + rules.size() + "]", one));
        }
        return new Content(settings, new SignaturePolicy(rules));
    }

    private RegistryHost host(String at, @Nullable Object node) throws RegistryException {
        Map<String, Object> fields = mapping(at, node, Set.of("plainHttp", "ca", "mirrors", "anyAddress"));
        List<URI> mirrors = new ArrayList<>();
        for (Object one : list(at + ".mirrors", fields.get("mirrors"))) {
            mirrors.add(mirror(at + ".mirrors[" + mirrors.size() + "]", one));
        }
        Optional<Boolean> plain = fields.get("plainHttp") == null
                ? Optional.empty()
                : Optional.of(yes(at + ".plainHttp", fields.get("plainHttp")));
        Optional<Path> ca =
                fields.get("ca") == null ? Optional.empty() : Optional.of(path(at + ".ca", fields.get("ca")));
        boolean any = fields.get("anyAddress") != null && yes(at + ".anyAddress", fields.get("anyAddress"));
        return new RegistryHost(plain, ca, mirrors, any);
    }

    private URI mirror(String at, @Nullable Object node) throws RegistryException {
        try {
            URI uri = URI.create(text(at, node));
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Told below, in the same words.
        }
        throw wrong(at, "must be an address like https://mirror.example.com/prefix, without user and query");
    }

    private SignatureRule rule(String at, @Nullable Object node) throws RegistryException {
        Map<String, Object> fields = mapping(at, node, Set.of("images", "keys", "accept", "refuse"));
        String images = text(at + ".images", fields.get("images"));
        boolean accept = fields.get("accept") != null && yes(at + ".accept", fields.get("accept"));
        boolean refuse = fields.get("refuse") != null && yes(at + ".refuse", fields.get("refuse"));
        List<Path> keys = new ArrayList<>();
        for (Object one : list(at + ".keys", fields.get("keys"))) {
            keys.add(path(at + ".keys[" + keys.size() + "]", one));
        }
        if ((accept ? 1 : 0) + (refuse ? 1 : 0) + (keys.isEmpty() ? 0 : 1) != 1) {
            throw wrong(at, "must say one of 'keys: [FILE, ...]', 'accept: true' and 'refuse: true'");
        }
        return new SignatureRule(
                images,
                accept
                        ? SignatureRule.Demand.NOTHING
                        : refuse ? SignatureRule.Demand.NOT_AT_ALL : SignatureRule.Demand.SIGNED,
                keys);
    }

    private @Nullable Object load() throws RegistryException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setCodePointLimit(CHARS_MAX);
        try {
            return new Yaml(new SafeConstructor(options)).load(Files.readString(file));
        } catch (NoSuchFileException e) {
            return null;
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw new RegistryException(
                    RegistryException.Kind.SETUP, file + " is not YAML: " + e.getProblem() + " (line " + line + ")", e);
        } catch (YAMLException | IOException e) {
            throw new RegistryException(RegistryException.Kind.SETUP, file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** @param known allowed names; empty for any */
    private Map<String, Object> mapping(String at, @Nullable Object node, Set<String> known) throws RegistryException {
        if (node == null) {
            return Map.of();
        }
        if (!(node instanceof Map<?, ?> map)) {
            throw wrong(at, "must be a mapping of fields");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Map.Entry<?, ?> one : map.entrySet()) {
            String name = String.valueOf(one.getKey());
            if (!known.isEmpty() && !known.contains(name)) {
                throw wrong(at.isEmpty() ? name : at + "." + name, "is not known. " + NearestName.hint(name, known));
            }
            if (one.getValue() != null) {
                fields.put(name, one.getValue());
            }
        }
        return fields;
    }

    private List<?> list(String at, @Nullable Object node) throws RegistryException {
        if (node == null || node instanceof List<?>) {
            return node == null ? List.of() : (List<?>) node;
        }
        throw wrong(at, "must be a list");
    }

    private String text(String at, @Nullable Object node) throws RegistryException {
        if (node instanceof String text && !text.isBlank()) {
            return text;
        }
        throw wrong(at, "must be a text");
    }

    private boolean yes(String at, @Nullable Object node) throws RegistryException {
        if (node instanceof Boolean value) {
            return value;
        }
        throw wrong(at, "must be true or false");
    }

    private Path path(String at, @Nullable Object node) throws RegistryException {
        Path directory = file.toAbsolutePath().getParent();
        Path named = Path.of(text(at, node));
        return directory == null ? named : directory.resolve(named);
    }

    private RegistryException wrong(String at, String problem) {
        return new RegistryException(RegistryException.Kind.SETUP, file + ": " + at + " " + problem);
    }
}
