package io.slipway.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Held by who starts or removes a container that is there already, so that two do not at once. Gone with the process that holds it. */
final class StartLock implements AutoCloseable {
    private final FileChannel channel;

    private StartLock(FileChannel channel) {
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
        String id = String.valueOf(container.path().getFileName());
        FileChannel channel =
                FileChannel.open(container.starting(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        if (lock == null) {
            channel.close();
            throw new Held("container " + id + " is just being started or removed by somebody else");
        }
        return new StartLock(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
