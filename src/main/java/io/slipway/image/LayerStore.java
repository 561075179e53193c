package io.slipway.image;

import io.slipway.linux.OpenDirectory;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ConcurrentHashMap;

/** Unpacked layers by diff id. A name appears only when all below it is there. */
final class LayerStore {
    /** Setuid programs of images must be out of reach for the host's users, so only the range's root passes. */
    private static final int PRIVATE_MODE = 0700;

    private static final int ROOT_MODE = 0755;

    private final Path directory;
    private final IdShift shift;
    private final LayerUnpacker unpacker;
    private final SyncedLayers synced;
    private final ConcurrentHashMap<Digest, Object> locks = new ConcurrentHashMap<>();

    private LayerStore(Path directory, IdShift shift, LayerLimits limits, SyncedLayers synced) {
        this.synced = synced;
        this.directory = directory;
        this.shift = shift;
        this.unpacker = new LayerUnpacker(limits, shift);
    }

    static LayerStore open(Path directory, IdShift shift, LayerLimits limits) throws IOException {
        Files.createDirectories(directory);
        try (OpenDirectory opened = OpenDirectory.open(directory)) {
            opened.setOwnerAndMode(shift.shifted(0), shift.shifted(0), PRIVATE_MODE);
        }
        Leftovers.clean(directory);
        return new LayerStore(directory, shift, limits, SyncedLayers.open(directory));
    }

    Path path(Digest diffId) {
        return directory.resolve(diffId.hex());
    }

    /** Waits until what was unpacked is on disk, or cannot be brought there. */
    void awaitSynced() {
        synced.await();
    }

    boolean has(Digest diffId) {
        return Files.isDirectory(path(diffId));
    }

    /** Unpacks, unless it was done before. Whoever comes at the same time waits for the first. */
    Path unpack(Path blob, Digest digest, Digest diffId) throws IOException {
        return unpack(() -> Files.newInputStream(blob), Files.size(blob), digest, diffId);
    }

    /** @param layer opened only when needed; its size is that of the manifest */
    Path unpack(BlobStore.Source layer, long size, Digest digest, Digest diffId) throws IOException {
        synchronized (locks.computeIfAbsent(diffId, d -> new Object())) {
            if (!has(diffId)) {
                unpackNew(layer, size, digest, diffId);
            }
        }
        return path(diffId);
    }

    private void unpackNew(BlobStore.Source layer, long size, Digest digest, Digest diffId) throws IOException {
        Path partial = Leftovers.newName(directory);
        try {
            synced.forget(diffId);
            Files.createDirectory(partial);
            try (OpenDirectory root = OpenDirectory.open(partial)) {
                root.setOwnerAndMode(shift.shifted(0), shift.shifted(0), ROOT_MODE);
            }
            unpacker.unpack(layer.open(), size, digest, diffId, partial);
            Files.move(partial, path(diffId), StandardCopyOption.ATOMIC_MOVE);
            synced.syncBehind();
        } catch (FileSystemException e) {
            // Another process was faster (ENOTEMPTY has no exception of its own here): its layer has the same content.
            if (!has(diffId)) {
                throw e;
            }
        } finally {
            Leftovers.remove(partial);
        }
    }
}
