package io.slipway.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Reads events, each once, also while more are written. An end that several processes saw is told once. For one thread. */
public final class EventReader implements AutoCloseable {
    private final Path file;
    private final Deque<Path> before = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[16 * 1024];
    private final Set<String> ended = new HashSet<>();
    private final Map<String, Instant> started = new HashMap<>();
    private final Map<String, String> ooms = new HashMap<>();
    private @Nullable InputStream in;
    private @Nullable Object key;
    private int next;
    private int filled;

    EventReader(Path older, Path file) {
        this.file = file;
        before.add(older);
    }

    /** Empty when there is no more for now. */
    public Optional<ContainerEvent> next() throws IOException {
        while (true) {
            Optional<String> text = nextLine();
            if (text.isEmpty()) {
                return Optional.empty();
            }
            Optional<ContainerEvent> event = parse(text.get()).filter(this::isNew);
            if (event.isPresent()) {
                return event;
            }
        }
    }

    private boolean isNew(ContainerEvent event) {
        if (event.kind() == ContainerEvent.Kind.ENDED || event.kind() == ContainerEvent.Kind.OOM) {
            // Another process may tell of an end when it has been started again already.
            return !event.at().isBefore(started.getOrDefault(event.container(), Instant.MIN)) && isFirst(event);
        }
        if (event.kind() == ContainerEvent.Kind.STARTED) {
            started.put(event.container(), event.at());
            ended.remove(event.container());
            // They are counted from its start on.
            ooms.remove(event.container());
        }
        return true;
    }

    private boolean isFirst(ContainerEvent event) {
        return event.kind() == ContainerEvent.Kind.ENDED
                ? ended.add(event.container())
                // It says how many there were, so another one is told otherwise.
                : !event.detail().equals(ooms.put(event.container(), event.detail()));
    }

    private static Optional<ContainerEvent> parse(String text) {
        try {
            return Optional.of(EventLog.JSON.readValue(text, ContainerEvent.class));
        } catch (JacksonException e) {
            // Of a later version, or torn by a power failure.
            return Optional.empty();
        }
    }

    private Optional<String> nextLine() throws IOException {
        while (true) {
            while (next < filled) {
                byte one = buffer[next++];
                if (one == '\n') {
                    String text = line.toString(java.nio.charset.StandardCharsets.UTF_8);
                    line.reset();
                    return Optional.of(text);
                }
                line.write(one);
            }
            if (!fill()) {
                return Optional.empty();
            }
        }
    }

    private boolean fill() throws IOException {
        // Looked at first: what was written before the file was set aside is then read before going on.
        boolean moved = in == null || key == null || !key.equals(keyOf(file));
        if (in != null) {
            next = 0;
            filled = Math.max(0, in.read(buffer));
            if (filled > 0) {
                return true;
            }
        }
        return moved && open();
    }

    private boolean open() throws IOException {
        Path path = before.isEmpty() ? file : before.removeFirst();
        Object its = keyOf(path);
        if (its == null) {
            return !path.equals(file) && open();
        }
        try {
            InputStream opened = Files.newInputStream(path);
            close();
            in = opened;
            key = its;
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static @Nullable Object keyOf(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        if (in != null) {
            in.close();
            in = null;
        }
    }
}
