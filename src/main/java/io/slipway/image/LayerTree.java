package io.slipway.image;

import io.slipway.linux.FileStatus;
import io.slipway.linux.FileType;
import io.slipway.linux.OpenDirectory;
import io.slipway.linux.SyscallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads what lies in an unpacked layer. Paths have one character per byte, as the kernel's names are bytes, and no slash in front. */
final class LayerTree {
    private static final List<String> OPAQUE = List.of("user.overlay.opaque", "trusted.overlay.opaque");
    private final List<Node> nodes = new ArrayList<>();
    private final Set<Long> seen = new HashSet<>();

    private LayerTree() {}

    /**
     * One name.
     *
     * @param bytes of content; 0 for the second name of a file
     * @param opaque a directory that hides all of lower layers
     */
    record Node(String path, FileStatus status, long bytes, boolean opaque) {
        boolean isDirectory() {
            return status.type() == FileType.DIRECTORY;
        }
    }

    /** All names, each directory before what is in it; the top itself is not among them. */
    static List<Node> of(Path layer) throws SyscallException {
        LayerTree tree = new LayerTree();
        try (OpenDirectory top = OpenDirectory.open(layer)) {
            tree.walk(top, "");
        }
        return tree.nodes;
    }

    private void walk(OpenDirectory directory, String prefix) throws SyscallException {
        for (String name : directory.list()) {
            FileStatus status = directory.status(name);
            String path = prefix + name;
            if (status.type() != FileType.DIRECTORY) {
                nodes.add(new Node(path, status, bytes(status), false));
                continue;
            }
            try (OpenDirectory below = directory.beneath(name)) {
                nodes.add(new Node(path, status, 0, isOpaque(below)));
                walk(below, path + "/");
            }
        }
    }

    private long bytes(FileStatus status) {
        boolean counts = status.type() == FileType.REGULAR && (status.links() == 1 || seen.add(status.inode()));
        return counts ? status.size() : 0;
    }

    private static boolean isOpaque(OpenDirectory directory) throws SyscallException {
        for (String name : OPAQUE) {
            if (directory.hasAttribute(name)) {
                return true;
            }
        }
        return false;
    }
}
