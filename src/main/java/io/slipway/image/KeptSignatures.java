package io.slipway.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Signatures that convinced, by the digest that they are for, so that an image that is here can be verified again without its registry. */
final class KeptSignatures {
    private static final int KEPT_MAX = 8;
    private final Path directory;

    private KeptSignatures(Path directory) {
        this.directory = directory;
    }

    static KeptSignatures open(Path root) throws IOException {
        Path directory = Files.createDirectories(root.resolve("signatures"));
        Leftovers.clean(directory);
        return new KeptSignatures(directory);
    }

    List<Signed> of(Digest digest) throws IOException {
        try {
            JsonNode node = Documents.tree(Files.readAllBytes(directory.resolve(digest.hex())), "kept signatures");
            List<Signed> all = new ArrayList<>();
            for (JsonNode one : node.path("signatures")) {
                all.add(new Signed(
                        digest,
                        Base64.getDecoder().decode(one.path("payload").asString("")),
                        Base64.getDecoder().decode(one.path("signature").asString(""))));
            }
            return all;
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** The newest are kept: keys change. */
    void keep(Signed signed) throws IOException {
        List<Signed> all = new ArrayList<>(of(signed.digest()));
        all.addFirst(signed);
        var node = Documents.JSON.createObjectNode();
        ArrayNode list = node.putArray("signatures");
        for (Signed one : all.subList(0, Math.min(all.size(), KEPT_MAX))) {
            list.addObject()
                    .put("payload", Base64.getEncoder().encodeToString(one.payload()))
                    .put("signature", Base64.getEncoder().encodeToString(one.signature()));
        }
        WholeFile.write(
                directory.resolve(signed.digest().hex()),
                Documents.JSON.writeValueAsString(node).getBytes(StandardCharsets.UTF_8));
    }

    /** @param hexes of the digests whose signatures stay */
    void retain(Set<String> hexes) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!name.startsWith(".") && !hexes.contains(name)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
