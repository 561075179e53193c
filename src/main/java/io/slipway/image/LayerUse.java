package io.slipway.image;

import java.util.List;

/**
 * What one layer of an image is good for.
 *
 * @param packedBytes as it is transferred
 * @param bytes of its files, unpacked
 * @param changes against the layers below, in the order of paths
 * @param copiedBytes of files that it changed without changing their content: owner, mode or time alone
 * @param hidden what nobody sees, as a later layer changed or removed it
 */
public record LayerUse(
        Digest diffId,
        Digest blob,
        long packedBytes,
        long bytes,
        List<LayerChange> changes,
        long copiedBytes,
        List<Hidden> hidden) {
    public LayerUse {
        changes = List.copyOf(changes);
        hidden = List.copyOf(hidden);
    }

    /**
     * A file of a layer that takes place and is not seen.
     *
     * @param path beginning with a slash
     * @param by index of the layer that changed or removed it
     */
    public record Hidden(String path, long bytes, int by) {}

    public long count(LayerChange.Kind kind) {
        return changes.stream().filter(change -> change.kind() == kind).count();
    }

    /** Bytes that are carried and not seen. */
    public long wastedBytes() {
        return hidden.stream().mapToLong(Hidden::bytes).sum();
    }
}
