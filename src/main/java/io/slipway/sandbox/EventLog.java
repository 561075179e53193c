package io.slipway.sandbox;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import tools.jackson.databind.json.JsonMapper;

/**
 * What happened to the containers of a state directory: one JSON object a line, appended in one write, so that several processes may. Written a little
 * after it happened; a process that is killed meanwhile has not told its last events, which are in the containers' records nevertheless.
 */
public final class EventLog {
    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long BYTES_MAX = 8L << 20;
    private final Path file;

    EventLog(Path stateDirectory) {
        file = stateDirectory.resolve("events.jsonl");
    }

    /** From the oldest one on that is kept. */
    public EventReader read() {
        return new EventReader(older(), file);
    }

    /** A failure costs the event, never what it tells of. */
    void append(ContainerEvent event) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            byte[] json = JSON.writeValueAsBytes(event);
            ByteBuffer line = ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n');
            channel.write(line.flip());
        } catch (IOException e) {
            System.getLogger(EventLog.class.getName()).log(Level.WARNING, "an event was not written down: " + event, e);
        }
    }

    /** Keeps the last eight mebibytes and what came since. To be called when nothing is being written, or little. */
    void rotate() throws IOException {
        try {
            if (Files.size(file) > BYTES_MAX) {
                Files.move(file, older(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (NoSuchFileException e) {
            // Nothing has happened yet.
            return;
        }
    }

    private Path older() {
        return file.resolveSibling("events.1.jsonl");
    }
}
