package io.slipway.traffic;

import io.slipway.routing.RouteTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The routes on disk, from which an edge that starts serves before anybody tells it anything. */
final class Snapshot {
    private static final JsonMapper JSON = JsonMapper.shared();
    private final Path file;

    Snapshot(Path stateDirectory) {
        this.file = stateDirectory.resolve("routes.json");
    }

    void save(RouteTable table) throws IOException {
        replace(file, JSON.writeValueAsBytes(table));
    }

    /** @throws IOException also when the file is not a route table: to serve nothing silently would be worse than to say so */
    Optional<RouteTable> load() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), RouteTable.class));
        } catch (JacksonException e) {
            throw new IOException(
                    "reading the routes from " + file + ": " + e.getOriginalMessage()
                            + "; the edge does not start without knowing its routes. Delete the file to start with"
                            + " none.",
                    e);
        }
    }

    /** Write, fsync, rename, fsync the directory: after a crash there is the old content or the new, whole. */
    static void replace(Path file, byte[] content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel entries = FileChannel.open(file.resolveSibling(""), StandardOpenOption.READ)) {
            entries.force(true);
        }
    }
}
