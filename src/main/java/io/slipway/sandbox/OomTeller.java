package io.slipway.sandbox;

import io.slipway.linux.DescriptorWatcher;
import io.slipway.linux.SyscallException;
import io.slipway.sandbox.cgroup.MemoryLimits;
import io.slipway.sandbox.cgroup.Oom;
import io.slipway.sandbox.cgroup.OomNews;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * Tells of processes of containers that the kernel killed for lack of memory, also while the container goes on. How many were told of is written down
 * beside the container, so that several processes, and one after the other, tell of each once.
 */
final class OomTeller implements AutoCloseable {
    /** The kernel tells before it kills (version 1). */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private static final long PAUSE_NANOS = 10_000_000L;
    private final BiConsumer<String, String> tell;
    private final DescriptorWatcher watcher;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();
    private final Set<String> looking = ConcurrentHashMap.newKeySet();
    private boolean closed;

    private record Watched(DescriptorWatcher.Watch watch, OomNews news) {
        void end() {
            watch.forget();
            news.descriptor().close();
        }
    }

    /** @param tell is told the container's id, and in words what was killed */
    OomTeller(DescriptorWatcher watcher, BiConsumer<String, String> tell) {
        this.watcher = watcher;
        this.tell = tell;
    }

    /** From here on until its end. What was killed before, and not told of, is told now. */
    synchronized void begin(Sandbox sandbox) {
        if (closed || sandbox.state() == Sandbox.State.ENDED) {
            return;
        }
        try {
            watch(sandbox);
        } catch (SyscallException e) {
            // It has ended meanwhile, or the kernel tells nothing; its end tells then.
            System.getLogger(OomTeller.class.getName()).log(System.Logger.Level.DEBUG, "no news of memory", e);
        }
        if (sandbox.state() == Sandbox.State.ENDED) {
            // Meanwhile: whoever was told of its end may have come before.
            forget(sandbox);
        }
        tellOfNew(sandbox, 0);
    }

    private void watch(Sandbox sandbox) throws SyscallException {
        var news = sandbox.cgroup().oomNews();
        if (news.isPresent()) {
            OomNews there = news.get();
            try {
                var watch = watcher.watch(there.descriptor(), there.news(), () -> look(sandbox, there.before()));
                Optional.ofNullable(watched.put(sandbox.id(), new Watched(watch, there)))
                        .ifPresent(Watched::end);
            } catch (SyscallException e) {
                there.descriptor().close();
                throw e;
            }
        }
    }

    private synchronized void forget(Sandbox sandbox) {
        Optional.ofNullable(watched.remove(sandbox.id())).ifPresent(Watched::end);
    }

    /** @param atLeast known to have been killed, though its group may be gone */
    void end(Sandbox sandbox, long atLeast) {
        forget(sandbox);
        tellOfNew(sandbox, atLeast);
    }

    /** @param before whether the news came before the kill, if there is one */
    private void look(Sandbox sandbox, boolean before) {
        if (looking.add(sandbox.id())) {
            Thread.startVirtualThread(() -> {
                long end = System.nanoTime() + (before ? PATIENCE_NANOS : 0);
                // From here on later news lead to another look.
                looking.remove(sandbox.id());
                while (!tellOfNew(sandbox, 0) && sandbox.state() == Sandbox.State.RUNNING && System.nanoTime() < end) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            });
        }
    }

    /** Whether there was something to be told. */
    private synchronized boolean tellOfNew(Sandbox sandbox, long atLeast) {
        Oom oom = sandbox.cgroup().oom();
        long kills = Math.max(atLeast, oom.kills());
        Path file = sandbox.directory().oomKills();
        try {
            if (kills == 0 || kills <= told(file)) {
                return false;
            }
            Files.writeString(file, Long.toString(kills));
        } catch (NoSuchFileException e) {
            // Removed meanwhile.
            return false;
        } catch (IOException e) {
            System.getLogger(OomTeller.class.getName())
                    .log(System.Logger.Level.WARNING, "that it was told of is not written down: " + file, e);
        }
        String why = oom.overBytes().isPresent()
                ? "over " + MemoryLimits.size(oom.overBytes().getAsLong())
                : "lack of memory";
        tell.accept(
                sandbox.id(),
                why + ": " + kills + (kills == 1 ? " process" : " processes") + " killed since its start");
        return true;
    }

    private static long told(Path file) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        String text = Files.readString(file);
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    @Override
    public synchronized void close() {
        closed = true;
        watched.values().forEach(Watched::end);
        watched.clear();
    }
}
