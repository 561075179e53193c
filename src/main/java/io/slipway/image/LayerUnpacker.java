package io.slipway.image;

import io.slipway.linux.Errno;
import io.slipway.linux.OpenDirectory;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns one layer's archive into a directory, or refuses it. */
final class LayerUnpacker {
    private static final int BUFFER_BYTES = 64 * 1024;
    /** The host's trouble, not the layer's fault. */
    private static final Set<Integer> HOST_ERRORS = Set.of(28, 122, Errno.EIO, 30, 12, 23, 24, Errno.EACCES);

    private final LayerLimits limits;
    private final IdShift shift;

    LayerUnpacker(LayerLimits limits, IdShift shift) {
        this.limits = limits;
        this.shift = shift;
    }

    /**
     * @param blob verified against {@code digest} already
     * @param diffId what the uncompressed archive must hash to
     * @param into an empty directory that only we can write to
     * @throws LayerRejected naming digest and entry, if the layer is damaged, too large or an attack
     */
    void unpack(Path blob, Digest digest, Digest diffId, Path into) throws IOException {
        long compressed = Files.size(blob);
        String at = "";
        try (InputStream raw = Files.newInputStream(blob);
                MeteredInput metered = new MeteredInput(LayerStream.uncompressed(raw), bytesMax(compressed));
                LayerDirectory directory = new LayerDirectory(into, shift)) {
            LayerEntries entries = new LayerEntries(directory, shift, limits.bytesMax());
            TarReader tar = new TarReader(new StreamBytes(metered));
            for (TarEntry entry = tar.next(); entry != null; entry = next(tar)) {
                at = TarEntry.shown(entry.name());
                if (entries.count() >= limits.entriesMax()) {
                    throw new RefusedEntry("the layer has more than " + limits.entriesMax() + " entries");
                }
                entries.add(entry, tar);
            }
            at = "";
            entries.finish();
            drain(metered);
            if (!metered.digest().equals(diffId)) {
                throw new RefusedEntry("its content is " + metered.digest() + " where the config says " + diffId);
            }
            sync(directory.root());
        } catch (RefusedEntry e) {
            throw new LayerRejected(digest, at, e.problem(), e);
        } catch (SyscallException e) {
            throw ofKernel(digest, at, e);
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new LayerRejected(digest, at, "it cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private static void sync(OpenDirectory root) throws SyscallException {
        root.syncFileSystem();
    }

    private static IOException ofKernel(Digest digest, String at, SyscallException e) {
        if (HOST_ERRORS.contains(e.errno())) {
            return new ImageException(
                    "cannot unpack layer " + digest + ", entry '" + at + "': " + e.getMessage()
                            + ". The layer was not stored; mend the host's disk and try again",
                    e);
        }
        return new LayerRejected(digest, at, e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }

    private long bytesMax(long compressed) {
        long byRatio = Math.max(limits.ratioFromBytes(), Math.multiplyExact(compressed, limits.ratioMax()));
        return Math.min(limits.bytesMax(), byRatio);
    }

    private static @Nullable TarEntry next(TarReader tar) throws IOException {
        try {
            return tar.next();
        } catch (RefusedEntry e) {
            throw new RefusedEntry("behind it " + e.problem());
        }
    }

    private static void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        int count;
        do {
            count = in.read(buffer);
        } while (count >= 0);
    }
}
