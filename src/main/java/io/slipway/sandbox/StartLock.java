package io.slipway.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Held by who starts or removes a container that is there already, so that two do not at once. Gone with the process that holds it; a thread that has
 * it may take it again.
 */
final class StartLock implements AutoCloseable {
    /** Of this process: the kernel takes its lock away when any channel of it to the same file is closed (fcntl(2)), so no second one is opened. */
    private static final Map<Path, Thread> HELD = new ConcurrentHashMap<>();

    private final Path file;
    private final Optional<FileChannel> channel;

    private StartLock(Path file, Optional<FileChannel> channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Somebody else has the container in hand, or has just started it. */
    static final class Held extends IOException {
        private static final long serialVersionUID = 1L;

        Held(String message) {
            super(message);
        }
    }

    /**
     * @throws Held if another one holds it
     * @throws NoSuchFileException if the container has been removed
     */
    static StartLock of(SandboxDirectory container) throws IOException {
        Path file = container.starting().toAbsolutePath();
        String held =
                "container " + container.path().getFileName() + " is just being started or removed by somebody else";
        Thread holder = HELD.putIfAbsent(file, Thread.currentThread());
        if (holder != null) {
            if (holder.equals(Thread.currentThread())) {
                return new StartLock(file, Optional.empty());
            }
            throw new Held(held);
        }
        Optional<FileChannel> locked = Optional.empty();
        try {
            locked = lock(file);
        } finally {
            if (locked.isEmpty()) {
                HELD.remove(file);
            }
        }
        return new StartLock(file, Optional.of(locked.orElseThrow(() -> new Held(held))));
    }

    private static Optional<FileChannel> lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        return locked ? Optional.of(channel) : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        if (channel.isPresent()) {
            try {
                channel.get().close();
            } finally {
                HELD.remove(file);
            }
        }
    }
}
