package io.slipway.sandbox;

import io.slipway.linux.Descriptor;
import io.slipway.linux.Errno;
import io.slipway.linux.MountAttributes;
import io.slipway.linux.SyscallException;
import io.slipway.linux.UserNamespaces;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Shows files to a container as owned by ids of its own range, so that layers and volumes are kept once for all ranges. A map costs a process that is
 * made and ends at once, so some are kept for the next container of the same range.
 */
final class IdMaps implements AutoCloseable {
    private static final int KEPT = 64;
    private static final float LOAD = 0.75f;
    /** By last use. */
    private final Map<String, Descriptor> maps = new LinkedHashMap<>(KEPT, LOAD, true);

    /**
     * Sets attributes of a detached tree, with what belongs to {@code from} shown as belonging to {@code to}.
     *
     * @param attributes of {@link MountAttributes}
     * @param recursive of all mounts below too; each file system must know id-mapped mounts
     */
    synchronized void set(Descriptor tree, long attributes, boolean recursive, IdRange from, IdRange to)
            throws IOException {
        Optional<Descriptor> map = from.equals(to) ? Optional.empty() : Optional.of(map(from, to));
        if (attributes != 0 || map.isPresent()) {
            set(tree, new MountAttributes(attributes, recursive, map));
        }
    }

    private static void set(Descriptor tree, MountAttributes attributes) throws IOException {
        try {
            attributes.set(tree);
        } catch (SyscallException e) {
            boolean unmapped = attributes.idMap().isPresent() && e.errno() == Errno.EINVAL;
            throw unmapped
                    ? new IOException(
                            "the files in " + tree.object()
                                    + " cannot be shown as a container's own, as their file system "
                                    + "or this kernel has no id-mapped mounts; put them on ext4, xfs, btrfs or tmpfs, or start it "
                                    + "with the ids of the image store, which need none (" + e.getMessage() + ")",
                            e)
                    : e;
        }
    }

    private Descriptor map(IdRange from, IdRange to) throws IOException {
        String text = from.first() + " " + to.first() + " " + Math.min(from.count(), to.count()) + "\n";
        Descriptor known = maps.get(text);
        if (known != null) {
            return known;
        }
        Descriptor made = UserNamespaces.of(text, text);
        maps.put(text, made);
        Iterator<Descriptor> eldest = maps.values().iterator();
        if (maps.size() > KEPT) {
            eldest.next().close();
            eldest.remove();
        }
        return made;
    }

    @Override
    public synchronized void close() {
        maps.values().forEach(Descriptor::close);
        maps.clear();
    }
}
