package io.slipway.image;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an image in a registry: {@code [registry/]repository[:tag][@digest]} (grammar of the OCI distribution specification).
 *
 * @param registry host and optional port; {@code docker.io} when the text names none
 * @param repository e.g. {@code library/nginx}
 * @param tag at most 128 characters; empty if only a digest is given; {@code latest} if neither is
 */
public record ImageReference(String registry, String repository, Optional<String> tag, Optional<Digest> digest) {
    private static final int LENGTH_MAX = 512;
    private static final int REPOSITORY_LENGTH_MAX = 255;
    private static final int TAG_LENGTH_MAX = 128;
    private static final Pattern COMPONENT = Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*");
    private static final Pattern HOST =
            Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::([0-9]{1,5}))?");
    private static final Set<String> METADATA_HOSTS =
            Set.of("metadata.google.internal", "metadata", "instance-data", "100.100.100.200", "[fd00:ec2::254]");

    /** @throws InvalidReference naming the part that is wrong and what it must look like */
    public static ImageReference parse(String text) {
        refuseWhatIsNoReference(text);
        int at = text.indexOf('@');
        Optional<Digest> digest = at < 0 ? Optional.empty() : Optional.of(Digest.parse(text.substring(at + 1)));
        String name = at < 0 ? text : text.substring(0, at);
        int colon = name.lastIndexOf(':');
        boolean tagged = colon > name.lastIndexOf('/');
        Optional<String> tag = tagged ? Optional.of(checkedTag(text, name.substring(colon + 1))) : Optional.empty();
        String path = tagged ? name.substring(0, colon) : name;
        if (path.isEmpty()) {
            throw new InvalidReference(text, "has no repository before its tag or digest");
        }
        if (tag.isEmpty() && digest.isEmpty()) {
            tag = Optional.of("latest");
        }
        return withRegistry(text, path, tag, digest);
    }

    /** In full, e.g. {@code docker.io/library/nginx:1.27}. */
    @Override
    public String toString() {
        return registry
                + "/"
                + repository
                + tag.map(t -> ":" + t).orElse("")
                + digest.map(d -> "@" + d).orElse("");
    }

    private static void refuseWhatIsNoReference(String text) {
        if (text.isEmpty()) {
            throw new InvalidReference(text, "is empty; write e.g. registry.example.com/shop/checkout:1.4");
        }
        if (text.length() > LENGTH_MAX) {
            throw new InvalidReference(text, "is longer than " + LENGTH_MAX + " characters");
        }
        if (text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new InvalidReference(text, "has white space, a control character or a letter outside of ASCII");
        }
        if (text.contains("://")) {
            throw new InvalidReference(text, "is an address; leave out everything up to ://");
        }
    }

    private static String checkedTag(String text, String tag) {
        if (tag.length() > TAG_LENGTH_MAX) {
            throw new InvalidReference(text, "has a tag of " + tag.length() + " characters; at most 128 are allowed");
        }
        if (!TAG.matcher(tag).matches()) {
            throw new InvalidReference(
                    text, "has the tag '" + tag + "'; letters, digits, '_', '.' and '-' are allowed");
        }
        return tag;
    }

    private static ImageReference withRegistry(
            String text, String path, Optional<String> tag, Optional<Digest> digest) {
        int slash = path.indexOf('/');
        String first = slash < 0 ? "" : path.substring(0, slash);
        boolean registryGiven = first.contains(".") || first.contains(":") || first.equals("localhost");
        // A first component of dots alone is a way up a directory, not a host.
        registryGiven = registryGiven && !first.chars().allMatch(c -> c == '.');
        String registry = registryGiven ? checkedRegistry(text, first) : "docker.io";
        String repository = registryGiven ? path.substring(slash + 1) : path;
        checkRepository(text, repository);
        boolean official = registry.equals("docker.io") && !repository.contains("/");
        return new ImageReference(registry, official ? "library/" + repository : repository, tag, digest);
    }

    private static String checkedRegistry(String text, String registry) {
        Matcher host = HOST.matcher(registry);
        if (!host.matches()) {
            throw new InvalidReference(text, "has the registry '" + registry + "', which is no host or host:port");
        }
        String port = host.group(2);
        if (port != null && (Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535)) {
            throw new InvalidReference(text, "has the port " + port + "; 1 to 65535 are allowed");
        }
        String name = host.group(1);
        if (name.startsWith("169.254.") || name.startsWith("[fe80:") || METADATA_HOSTS.contains(name)) {
            throw new InvalidReference(text, "names the registry " + name + ", a link-local or metadata address");
        }
        return registry;
    }

    private static void checkRepository(String text, String repository) {
        if (repository.length() > REPOSITORY_LENGTH_MAX) {
            throw new InvalidReference(text, "has a repository of more than 255 characters");
        }
        for (String component : repository.split("/", -1)) {
            if (component.chars().anyMatch(Character::isUpperCase)) {
                throw new InvalidReference(text, "has upper case in '" + component + "'; repositories are lower case");
            }
            if (!COMPONENT.matcher(component).matches()) {
                throw new InvalidReference(
                        text,
                        "has '" + component + "' in its repository; parts are lower-case letters and digits, "
                                + "joined by '.', '_', '__' or '-'");
            }
        }
    }
}
