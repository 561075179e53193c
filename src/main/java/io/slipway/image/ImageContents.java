package io.slipway.image;

import io.slipway.image.LayerChange.Kind;
import io.slipway.linux.FileStatus;
import io.slipway.linux.OpenDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** Looks into the unpacked layers of images. As root, as layers are out of reach for others. */
public final class ImageContents {
    private ImageContents() {}

    /** What each layer did, lowest first. */
    public static List<LayerUse> layers(Image image) throws IOException {
        List<Path> directories = image.layers();
        LayerStack stack =
                new LayerStack((lower, upper, path) -> sameFile(directories.get(lower), directories.get(upper), path));
        List<Long> bytes = new ArrayList<>();
        for (Path layer : directories) {
            List<LayerTree.Node> nodes = LayerTree.of(layer);
            bytes.add(nodes.stream().mapToLong(LayerTree.Node::bytes).sum());
            stack.add(nodes);
        }
        List<LayerUse> uses = new ArrayList<>();
        for (int i = 0; i < directories.size(); i++) {
            uses.add(new LayerUse(
                    image.diffIds().get(i),
                    image.blobs().get(i).digest(),
                    image.blobs().get(i).sizeBytes(),
                    bytes.get(i),
                    stack.changes(i),
                    stack.copied(i),
                    stack.hidden(i)));
        }
        return uses;
    }

    /** What must be done to one image to get another, in the order of paths. Times do not count. */
    public static List<LayerChange> difference(Image from, Image to) throws IOException {
        Map<String, LayerStack.Seen> before = merged(from);
        Map<String, LayerStack.Seen> after = merged(to);
        List<LayerChange> changes = new ArrayList<>();
        TreeSet<String> paths = new TreeSet<>(before.keySet());
        paths.addAll(after.keySet());
        for (String path : paths) {
            LayerStack.Seen old = before.get(path);
            LayerStack.Seen made = after.get(path);
            if (old == null) {
                changes.add(change(Kind.ADDED, path, Objects.requireNonNull(made)));
            } else if (made == null) {
                changes.add(change(Kind.REMOVED, path, old));
            } else if (!same(path, from, old, to, made)) {
                changes.add(change(Kind.CHANGED, path, made));
            }
        }
        return changes;
    }

    private static LayerChange change(Kind kind, String path, LayerStack.Seen seen) {
        return new LayerChange(kind, LayerStack.shown(path), seen.node().bytes());
    }

    private static Map<String, LayerStack.Seen> merged(Image image) throws IOException {
        LayerStack stack = new LayerStack((lower, upper, path) -> false);
        for (Path layer : image.layers()) {
            stack.add(LayerTree.of(layer));
        }
        return new TreeMap<>(stack.merged());
    }

    private static boolean same(String path, Image from, LayerStack.Seen old, Image to, LayerStack.Seen made)
            throws IOException {
        Digest one = from.diffIds().get(old.layer());
        Digest other = to.diffIds().get(made.layer());
        if (one.equals(other)) {
            return true;
        }
        FileStatus a = old.node().status();
        FileStatus b = made.node().status();
        boolean alike = a.type() == b.type() && a.mode() == b.mode() && a.uid() == b.uid() && a.gid() == b.gid();
        if (!alike) {
            return false;
        }
        Path left = from.layers().get(old.layer());
        Path right = to.layers().get(made.layer());
        return switch (a.type()) {
            case REGULAR -> a.size() == b.size() && sameFile(left, right, path);
            case SYMLINK -> link(left, path).equals(link(right, path));
            default -> true;
        };
    }

    /** By descriptors: a name may be of bytes that no Java path has. */
    private static boolean sameFile(Path left, Path right, String path) throws IOException {
        try (OpenDirectory one = parent(left, path);
                OpenDirectory other = parent(right, path);
                io.slipway.linux.Descriptor file = one.openToRead(last(path));
                io.slipway.linux.Descriptor otherFile = other.openToRead(last(path))) {
            return Files.mismatch(byDescriptor(file), byDescriptor(otherFile)) < 0;
        }
    }

    private static String link(Path layer, String path) throws IOException {
        try (OpenDirectory parent = parent(layer, path)) {
            return parent.readLink(last(path));
        }
    }

    private static OpenDirectory parent(Path layer, String path) throws IOException {
        try (OpenDirectory top = OpenDirectory.open(layer)) {
            return top.beneath(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
        }
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Path byDescriptor(io.slipway.linux.Descriptor file) {
        return Path.of("/proc/self/fd/" + file.number());
    }
}
