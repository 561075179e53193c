package io.slipway.image.registry;

import io.slipway.image.Digest;
import io.slipway.image.registry.StubServer.Reply;
import io.slipway.image.registry.StubServer.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A registry of ours that holds OCI layouts, and that tests make do wrong: each rule may answer instead of it. */
final class StubRegistry implements AutoCloseable {
    private static final Pattern PATH = Pattern.compile("/v2/(.+)/(manifests|blobs)/([^/]+)");
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-");
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<String, String> types = new ConcurrentHashMap<>();
    private final Map<String, String> tags = new ConcurrentHashMap<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final StubServer server;

    /** Looks at a question and the proper answer; null leaves it to the next rule. */
    interface Rule {
        @Nullable
        Reply answer(Request request, Function<Request, Reply> proper);
    }

    StubRegistry() throws IOException {
        server = new StubServer(this::answer);
    }

    StubRegistry(ServerSocketFactory sockets) throws IOException {
        server = new StubServer(this::answer, "https", sockets);
    }

    StubServer server() {
        return server;
    }

    String host() {
        return server.host();
    }

    /** Holds all images of a layout, by their tags, in every repository. */
    StubRegistry hold(Path layout) throws IOException {
        try (Stream<Path> files = Files.list(layout.resolve("blobs/sha256"))) {
            for (Path file : files.toList()) {
                blobs.put("sha256:" + file.getFileName(), Files.readAllBytes(file));
            }
        }
        JsonNode index = new JsonMapper().readTree(Files.readAllBytes(layout.resolve("index.json")));
        for (JsonNode one : index.path("manifests")) {
            types.put(one.path("digest").asString(), one.path("mediaType").asString());
            tags.put(
                    one.path("annotations")
                            .path("org.opencontainers.image.ref.name")
                            .asString(),
                    one.path("digest").asString());
        }
        return this;
    }

    /** A document under a tag. */
    Digest tag(String tag, String mediaType, byte[] document) {
        Digest digest = Digest.of(document);
        blobs.put(digest.toString(), document);
        types.put(digest.toString(), mediaType);
        tags.put(tag, digest.toString());
        return digest;
    }

    byte[] content(Digest digest) {
        return Objects.requireNonNull(blobs.get(digest.toString()));
    }

    Digest tagged(String tag) {
        return Digest.parse(Objects.requireNonNull(tags.get(tag)));
    }

    /** The newest rule is asked first. */
    void rule(Rule rule) {
        rules.addFirst(rule);
    }

    /** How often something was asked for. */
    long asked(String pathEnd) {
        return server.requests().stream()
                .filter(r -> r.path().endsWith(pathEnd))
                .count();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private Reply answer(Request request) {
        for (Rule rule : rules) {
            Reply reply = rule.answer(request, this::proper);
            if (reply != null) {
                return reply;
            }
        }
        return proper(request);
    }

    private Reply proper(Request request) {
        Matcher path = PATH.matcher(request.path());
        if (!path.matches()) {
            return Reply.text(404, "{\"errors\":[{\"code\":\"UNSUPPORTED\",\"message\":\"no such page\"}]}");
        }
        boolean manifest = path.group(2).equals("manifests");
        String digest = manifest ? tags.getOrDefault(path.group(3), path.group(3)) : path.group(3);
        byte[] content = blobs.get(digest);
        if (content == null) {
            return Reply.text(
                    404,
                    "{\"errors\":[{\"code\":\"" + (manifest ? "MANIFEST" : "BLOB")
                            + "_UNKNOWN\",\"message\":\"not\\nknown\"}]}");
        }
        Map<String, String> headers = Map.of(
                "Docker-Content-Digest",
                digest,
                "Content-Type",
                types.getOrDefault(
                        digest, manifest ? "application/vnd.oci.image.manifest.v1+json" : "application/octet-stream"));
        Matcher range = RANGE.matcher(request.header("range"));
        if (!range.matches()) {
            return Reply.of(200, headers, content);
        }
        int from = Integer.parseInt(range.group(1));
        return Reply.of(206, headers, Arrays.copyOfRange(content, from, content.length))
                .with("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
}
