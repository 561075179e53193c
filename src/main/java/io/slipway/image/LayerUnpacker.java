package io.slipway.image;

import io.slipway.linux.Errno;
import io.slipway.linux.SyscallException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns one layer's archive into a directory while it comes in, or refuses it. */
final class LayerUnpacker {
    /** The host's trouble, not the layer's fault. */
    private static final Set<Integer> HOST_ERRORS = Set.of(Errno.ENOSPC, 122, Errno.EIO, 30, 12, 23, 24, Errno.EACCES);

    private final LayerLimits limits;
    private final IdShift shift;

    LayerUnpacker(LayerLimits limits, IdShift shift) {
        this.limits = limits;
        this.shift = shift;
    }

    /**
     * Reads the layer to its end and closes it, whatever it holds. What was written is to be thrown away if this fails, for any reason.
     *
     * @param layer compressed or not; a stream that verifies itself fails at its end
     * @param size bytes of it, as its manifest says
     * @param digest to name it by
     * @param diffId what the uncompressed archive must hash to
     * @param into an empty directory that only we can write to
     * @throws LayerRejected naming digest and entry, if the layer is damaged, too large or an attack
     * @throws IOException what the stream threw, as it is
     */
    void unpack(InputStream layer, long size, Digest digest, Digest diffId, Path into) throws IOException {
        String at = "";
        try (LayerPipe pipe = new LayerPipe(layer, bytesMax(size));
                LayerDirectory directory = new LayerDirectory(into, shift)) {
            LayerEntries entries = new LayerEntries(directory, shift, limits.bytesMax());
            TarReader tar = new TarReader(pipe);
            for (TarEntry entry = tar.next(); entry != null; entry = next(tar)) {
                at = TarEntry.shown(entry.name());
                if (entries.count() >= limits.entriesMax()) {
                    throw new RefusedEntry("the layer has more than " + limits.entriesMax() + " entries");
                }
                entries.add(entry, tar);
            }
            at = "";
            entries.finish();
            Digest found = pipe.finish();
            if (!found.equals(diffId)) {
                throw new RefusedEntry("its content is " + found + " where the config says " + diffId);
            }
        } catch (RefusedEntry e) {
            throw new LayerRejected(digest, at, e.problem(), e);
        } catch (SyscallException e) {
            throw ofKernel(digest, at, e);
        } catch (CompressedInput.SourceFailed e) {
            throw e.failure();
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new LayerRejected(digest, at, "it cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private static IOException ofKernel(Digest digest, String at, SyscallException e) {
        if (HOST_ERRORS.contains(e.errno())) {
            return new ImageException(
                    "cannot unpack layer " + digest + ", entry '" + at + "': " + e.getMessage()
                            + ". The layer was not stored; mend the host's disk and try again",
                    e);
        }
        return new LayerRejected(digest, at, String.valueOf(e.getMessage()), e);
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
}
