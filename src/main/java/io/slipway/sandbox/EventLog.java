package io.slipway.sandbox;

import io.slipway.linux.Syscalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * What happened to the containers of a state directory: one JSON object a line, appended in one write, so that several processes may. Written a little
 * after it happened; a process that is killed meanwhile has not told its last events, which are in the containers' records nevertheless.
 */
public final class EventLog {
    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long BYTES_MAX = 8L << 20;
    private static final int APPEND = Syscalls.O_CREAT | Syscalls.O_APPEND;
    private final Path file;
    private List<ContainerEvent> unwritten = new ArrayList<>();

    EventLog(Path stateDirectory) {
        file = stateDirectory.resolve("events.jsonl");
    }

    /** From the oldest one on that is kept. */
    public EventReader read() {
        return new EventReader(older(), file);
    }

    /** Takes one for the next {@link #write}; true when nothing else waits for that. */
    synchronized boolean add(ContainerEvent event) {
        unwritten.add(event);
        return unwritten.size() == 1;
    }

    /** Writes what was added, all at once. A failure costs the events, never what they tell of. */
    void write() {
        List<ContainerEvent> events = taken();
        try {
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            for (ContainerEvent event : events) {
                lines.writeBytes(JSON.writeValueAsBytes(event));
                lines.write('\n');
            }
            Syscalls.writeFile(file, APPEND, 0644, lines.toByteArray());
        } catch (IOException e) {
            System.getLogger(EventLog.class.getName()).log(Level.WARNING, "events were not written down: " + events, e);
        }
    }

    private synchronized List<ContainerEvent> taken() {
        List<ContainerEvent> events = unwritten;
        unwritten = new ArrayList<>();
        return events;
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
