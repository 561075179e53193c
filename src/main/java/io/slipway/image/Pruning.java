package io.slipway.image;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Marks what is needed and removes the rest: names first, files last, so that there is never a name without its files, whenever it is killed. The
 * caller keeps everybody else away.
 */
final class Pruning {
    private static final Duration PARTIAL_AGE = Duration.ofDays(1);
    private static final String HEX = "[0-9a-f]{64}";

    private final StoreParts parts;
    private final Prune prune;
    private final Set<Digest> stoodOn;
    private final Map<String, String> pins;
    private final Instant now;

    private final Set<String> neededBlobs = new HashSet<>();
    private final Set<String> neededLayers = new HashSet<>();
    private final List<Pruned.Gone> gone = new ArrayList<>();
    private final List<Pruned.Kept> kept = new ArrayList<>();
    private long bytes;

    /**
     * @param stoodOn layers of containers
     * @param pins references that must stay, and who needs them
     */
    Pruning(StoreParts parts, Prune prune, Set<Digest> stoodOn, Map<String, String> pins, Instant now) {
        this.parts = parts;
        this.prune = prune;
        this.stoodOn = stoodOn;
        this.pins = pins;
        this.now = now;
    }

    Pruned run() throws IOException {
        stoodOn.forEach(layer -> neededLayers.add(layer.hex()));
        for (ImageRecords.Known image : parts.records().known()) {
            judge(image);
        }
        int files = sweep(parts.root().resolve("blobs"), neededBlobs);
        int layers = 0;
        try (DirectoryStream<Path> stores = Files.newDirectoryStream(parts.root(), "layers*")) {
            for (Path store : stores) {
                // Beside them lie notes on them.
                layers += Files.isDirectory(store) ? sweep(store, neededLayers) : 0;
            }
        }
        if (!prune.dryRun()) {
            parts.signatures().retain(neededBlobs);
        }
        return new Pruned(gone, kept, files, layers, partials(), bytes);
    }

    private void judge(ImageRecords.Known image) throws IOException {
        Digest digest = image.record().manifest();
        Optional<Documented> documented = documented(image);
        String why = documented.isEmpty() ? "" : reason(image, documented.get().diffIds());
        if (documented.isPresent() && !why.isEmpty()) {
            need(image, documented.get());
            kept.add(new Pruned.Kept(shown(image), digest, why));
        } else {
            gone.add(new Pruned.Gone(shown(image), digest));
            if (!prune.dryRun()) {
                parts.records().forget(image);
            }
        }
    }

    private static String shown(ImageRecords.Known image) {
        return image.names().isEmpty() ? image.record().reference() : String.join(", ", image.names());
    }

    /** What an image consists of. */
    private record Documented(Manifest manifest, List<Digest> diffIds) {}

    /** Empty if its documents are not there: then nobody can use it, and it goes, whoever needs it. */
    private Optional<Documented> documented(ImageRecords.Known image) throws IOException {
        String what = shown(image);
        try {
            Manifest manifest =
                    Documents.manifest(parts.blobs().document(image.record().descriptor(), what), what);
            return Optional.of(new Documented(
                    manifest, Documents.diffIds(parts.blobs().document(manifest.config(), what), what)));
        } catch (ImageException | NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Why somebody needs an image; empty if nobody does. */
    String reasonToKeep(ImageRecords.Known image) throws IOException {
        Optional<Documented> documented = documented(image);
        return documented.isEmpty() ? "" : reason(image, documented.get().diffIds());
    }

    /** Why an image stays; empty if nobody needs it. */
    private String reason(ImageRecords.Known image, List<Digest> diffIds) {
        for (Map.Entry<String, String> pin : pins.entrySet()) {
            int at = pin.getKey().lastIndexOf("@sha256:");
            boolean byDigest = at >= 0
                    && image.digests().contains(Digest.parse(pin.getKey().substring(at + 1)));
            if (byDigest || image.names().contains(pin.getKey())) {
                return "pinned by " + pin.getValue();
            }
        }
        if (diffIds.stream().anyMatch(stoodOn::contains)) {
            return "a container stands on it";
        }
        return prune.unused() || image.names().isEmpty() ? "" : "named";
    }

    private void need(ImageRecords.Known image, Documented documented) {
        neededBlobs.add(image.record().manifest().hex());
        image.digests().forEach(digest -> neededBlobs.add(digest.hex()));
        neededBlobs.add(documented.manifest().config().digest().hex());
        documented
                .manifest()
                .layers()
                .forEach(layer -> neededBlobs.add(layer.digest().hex()));
        documented.diffIds().forEach(layer -> neededLayers.add(layer.hex()));
    }

    private int sweep(Path directory, Set<String> needed) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.matches(HEX) && !needed.contains(name)) {
                    remove(entry);
                    count++;
                }
            }
        }
        return count;
    }

    private int partials() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(parts.root().resolve("blobs"), Leftovers.PARTIAL + "*")) {
            for (Path entry : entries) {
                Instant touched = Files.getLastModifiedTime(entry).toInstant();
                if (prune.unused() || touched.plus(PARTIAL_AGE).isBefore(now)) {
                    remove(entry);
                    count++;
                }
            }
        }
        return count;
    }

    /** A directory loses its name first, as deleting takes time: what is left of it after a kill is removed when the store is opened. */
    private void remove(Path entry) throws IOException {
        bytes += DiskUse.of(entry);
        if (!prune.dryRun()) {
            Path aside = Leftovers.newName(entry.resolveSibling(""));
            Files.move(entry, aside, StandardCopyOption.ATOMIC_MOVE);
            Leftovers.remove(aside);
        }
    }
}
