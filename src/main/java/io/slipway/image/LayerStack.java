package io.slipway.image;

import io.slipway.image.LayerChange.Kind;
import io.slipway.linux.FileStatus;
import io.slipway.linux.FileType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lays the layers of an image over each other, as overlayfs would, and keeps account of what each did.
 */
final class LayerStack {
    private final NavigableMap<String, Seen> merged = new TreeMap<>();
    private final List<List<LayerChange>> changes = new ArrayList<>();
    private final List<List<LayerUse.Hidden>> hidden = new ArrayList<>();
    private final List<Long> copied = new ArrayList<>();
    private final ContentComparison comparison;

    /** What is seen at a name, and by which layer. */
    record Seen(int layer, LayerTree.Node node) {}

    /** Whether two layers have a file of the same content. */
    interface ContentComparison {
        boolean same(int lower, int upper, String path) throws IOException;
    }

    LayerStack(ContentComparison comparison) {
        this.comparison = comparison;
    }

    List<LayerChange> changes(int layer) {
        return changes.get(layer);
    }

    List<LayerUse.Hidden> hidden(int layer) {
        return hidden.get(layer);
    }

    long copied(int layer) {
        return copied.get(layer);
    }

    /** All that is seen of the layers so far. */
    Map<String, Seen> merged() {
        return merged;
    }

    void add(List<LayerTree.Node> nodes) throws IOException {
        int layer = changes.size();
        List<LayerChange> made = new ArrayList<>();
        changes.add(made);
        hidden.add(new ArrayList<>());
        copied.add(0L);
        // What an opaque directory hides and the same layer brings anew was changed and not removed.
        NavigableMap<String, Seen> covered = new TreeMap<>();
        for (LayerTree.Node node : nodes) {
            if (node.opaque()) {
                SortedMap<String, Seen> under = below(merged, node.path());
                covered.putAll(under);
                under.clear();
            }
            add(layer, node, covered, made);
        }
        hideCovered(layer, covered, made);
    }

    private void add(int layer, LayerTree.Node node, NavigableMap<String, Seen> covered, List<LayerChange> made)
            throws IOException {
        String path = node.path();
        Seen there = Optional.ofNullable(covered.remove(path)).orElse(merged.get(path));
        if (node.status().isWhiteout()) {
            if (there != null) {
                made.add(new LayerChange(Kind.REMOVED, shown(path), remove(layer, path, there)));
            }
            return;
        }
        if (there == null) {
            made.add(new LayerChange(Kind.ADDED, shown(path), node.bytes()));
        } else if (!node.isDirectory() || !there.node.isDirectory()) {
            replace(layer, node, there);
            made.add(new LayerChange(Kind.CHANGED, shown(path), node.bytes()));
        } else if (differs(node.status(), there.node.status())) {
            made.add(new LayerChange(Kind.CHANGED, shown(path), 0));
        }
        merged.put(path, new Seen(layer, node));
    }

    private void replace(int layer, LayerTree.Node node, Seen there) throws IOException {
        boolean files =
                node.status().type() == FileType.REGULAR && there.node.status().type() == FileType.REGULAR;
        if (files
                && node.bytes() > 0
                && node.bytes() == there.node.bytes()
                && comparison.same(there.layer, layer, node.path())) {
            copied.set(layer, copied.get(layer) + node.bytes());
        }
        remove(layer, node.path(), there);
    }

    /** @return bytes of all that was seen at the name and below it */
    private long remove(int by, String path, Seen top) {
        long bytes = hide(by, path, top);
        SortedMap<String, Seen> under = below(merged, path);
        for (Map.Entry<String, Seen> one : under.entrySet()) {
            bytes += hide(by, one.getKey(), one.getValue());
        }
        under.clear();
        merged.remove(path);
        return bytes;
    }

    private long hide(int by, String path, Seen seen) {
        if (seen.node.bytes() > 0) {
            hidden.get(seen.layer).add(new LayerUse.Hidden(shown(path), seen.node.bytes(), by));
        }
        return seen.node.bytes();
    }

    private void hideCovered(int layer, NavigableMap<String, Seen> covered, List<LayerChange> made) {
        while (!covered.isEmpty()) {
            Map.Entry<String, Seen> first = covered.pollFirstEntry();
            long bytes = hide(layer, first.getKey(), first.getValue());
            SortedMap<String, Seen> under = below(covered, first.getKey());
            for (Map.Entry<String, Seen> one : under.entrySet()) {
                bytes += hide(layer, one.getKey(), one.getValue());
            }
            under.clear();
            made.add(new LayerChange(Kind.REMOVED, shown(first.getKey()), bytes));
        }
    }

    private static boolean differs(FileStatus one, FileStatus other) {
        return one.mode() != other.mode() || one.uid() != other.uid() || one.gid() != other.gid();
    }

    /** Next to the slash in ASCII is the zero, so these are all names that go on behind a slash. */
    private static SortedMap<String, Seen> below(NavigableMap<String, Seen> names, String directory) {
        return names.subMap(directory + "/", directory + "0");
    }

    static String shown(String path) {
        return "/" + new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
