package io.slipway.image;

import io.slipway.linux.OpenDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The images of one host: content by digest, unpacked layers by diff id, names. Safe for many threads and for several processes on one directory;
 * what a killed process left half done is removed when the store is next opened.
 *
 * <pre>
 *   blobs/HEX       as it came: manifests, configs, compressed layers
 *   layers/HEX/     unpacked once, by diff id, owners shifted; 0700, owned by the range
 *   images/HEX      what is known by digest
 *   names/HEX       what is known by name
 * </pre>
 */
public final class ImageStore {
    /** Containers pass through to their layers, but need not list what else there is. */
    private static final int PASS_MODE = 0711;

    private final BlobStore blobs;
    private final LayerStore layers;
    private final ImageRecords records;
    private final Optional<ImageRegistry> registry;
    private final PullProgress progress;

    private ImageStore(
            BlobStore blobs,
            LayerStore layers,
            ImageRecords records,
            Optional<ImageRegistry> registry,
            PullProgress progress) {
        this.blobs = blobs;
        this.layers = layers;
        this.records = records;
        this.registry = registry;
        this.progress = progress;
    }

    /** @throws IOException if the directory cannot be made or written to */
    public static ImageStore open(Path directory, IdShift shift) throws IOException {
        return open(directory, shift, LayerLimits.DEFAULT);
    }

    public static ImageStore open(Path directory, IdShift shift, LayerLimits limits) throws IOException {
        Path at = directory.toAbsolutePath().normalize();
        Files.createDirectories(at);
        try (OpenDirectory opened = OpenDirectory.open(at)) {
            opened.setOwnerAndMode(0, 0, PASS_MODE);
        }
        String layers = shift.equals(IdShift.DEFAULT) ? "layers" : "layers-" + shift.first() + "-" + shift.count();
        return new ImageStore(
                BlobStore.open(at.resolve("blobs")),
                LayerStore.open(at.resolve(layers), shift, limits),
                ImageRecords.open(at),
                Optional.empty(),
                PullProgress.NONE);
    }

    /** The same store, which can pull. The registry stays the caller's to close. */
    public ImageStore pulling(ImageRegistry from, PullProgress told) {
        return new ImageStore(blobs, layers, records, Optional.of(from), told);
    }

    /**
     * Takes an image in, verified, and unpacks it. What is there already is not done again.
     *
     * @param source {@code oci:DIR[:TAG]} or {@code docker-archive:FILE}
     * @throws InvalidReference if the text is no reference
     * @throws LayerRejected if a layer is damaged or an attack
     * @throws ImageException if it is missing, damaged, for another machine, or would have to be pulled
     */
    public Image importFrom(String source) throws IOException {
        return switch (ImageSource.parse(source)) {
            case ImageSource.OciLayout layout -> importLayout(layout);
            case ImageSource.DockerArchive archive -> importArchive(archive);
            case ImageSource.Registry named -> pull(named.reference());
        };
    }

    /**
     * Pulls an image, also if the name is known, as a tag may have moved. What is there already is not pulled or unpacked again.
     *
     * @throws LayerRejected if a layer is damaged or an attack
     * @throws ImageException saying why the registry did not give it, or why it cannot be used
     */
    public Image pull(ImageReference reference) throws IOException {
        Pull pull = new Pull(reference, registry.orElseThrow(() -> noRegistry(reference)), blobs, progress);
        Pull.Resolved resolved = pull.resolve();
        String what = "manifest " + resolved.manifest().digest() + " of " + reference;
        Manifest manifest = Documents.manifest(blobs.document(resolved.manifest(), what), what);
        long bytes = manifest.layers().stream().mapToLong(Descriptor::size).sum();
        progress.resolved(
                reference.toString(),
                resolved.manifest().digest(),
                manifest.layers().size(),
                bytes);
        bounded(manifest.config(), reference);
        pull.content(manifest.config(), Claim::await);
        List<Digest> diffIds = checkedDiffIds(reference.toString(), manifest);
        List<Together.Task> tasks = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            Descriptor layer = manifest.layers().get(i);
            Digest diffId = diffIds.get(i);
            tasks.add(() -> pull.content(layer, claim -> unpack(claim, layer, diffId)));
        }
        Together.run(tasks);
        records.put(reference.toString(), resolved.manifest());
        records.alias(resolved.root().digest(), reference.toString(), resolved.manifest());
        return load(reference.toString(), resolved.manifest());
    }

    private void unpack(Claim claim, Descriptor layer, Digest diffId) throws IOException {
        boolean present = layers.has(diffId);
        try {
            layers.unpack(claim::read, layer.size(), layer.digest(), diffId);
        } catch (LayerRejected e) {
            // What was damaged on its way looks like a bad layer: then it is the transfer that fails, and is tried
            // again.
            claim.await();
            throw e;
        }
        progress.unpacked(layer.digest(), present);
    }

    /**
     * An image for a release: found if it is pinned and known, as {@code NAME@sha256:...} for any source; otherwise imported or pulled anew, as
     * tags move.
     *
     * @throws IOException as {@link #importFrom}
     */
    public Image obtain(String reference) throws IOException {
        int at = reference.lastIndexOf("@sha256:");
        if (at > 0) {
            return obtainPinned(reference, reference.substring(0, at), Digest.parse(reference.substring(at + 1)));
        }
        if (reference.startsWith("sha256:")) {
            return resolve(reference)
                    .orElseThrow(() -> new ImageException(
                            "there is no image " + reference + " in this store; import it by its source first"));
        }
        if (registry.isEmpty() && ImageSource.parse(reference) instanceof ImageSource.Registry named) {
            return resolve(reference).orElseThrow(() -> noRegistry(named.reference()));
        }
        return importFrom(reference);
    }

    private Image obtainPinned(String reference, String name, Digest digest) throws IOException {
        Optional<Image> known = resolve(digest.toString());
        if (known.isPresent()) {
            return known.get();
        }
        boolean pullable = ImageSource.parse(name) instanceof ImageSource.Registry;
        Image found = pullable ? importFrom(reference) : obtain(name);
        if (pullable) {
            return found;
        }
        if (!found.manifestDigest().equals(digest)) {
            throw new ImageException(reference + " has moved: " + name + " is now " + found.manifestDigest()
                    + ". Release the new digest, or bring the old image back");
        }
        return found;
    }

    /**
     * Finds what was imported, without looking at its source again.
     *
     * @param reference as it was imported, or {@code sha256:...} of the manifest, or {@code name@sha256:...}
     * @throws InvalidReference if the text is no reference
     */
    public Optional<Image> resolve(String reference) throws IOException {
        Optional<ImageRecords.Record> found;
        if (reference.startsWith("sha256:")) {
            found = records.byDigest(Digest.parse(reference));
        } else {
            ImageSource source = ImageSource.parse(reference);
            Optional<Digest> pinned =
                    source instanceof ImageSource.Registry r ? r.reference().digest() : Optional.empty();
            found = pinned.isPresent() ? records.byDigest(pinned.get()) : records.byName(source.toString());
        }
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(ready(reference, found.get().descriptor()));
    }

    /** All names, in order. */
    public List<Image> list() throws IOException {
        List<Image> all = new ArrayList<>();
        for (ImageRecords.Record one : records.all()) {
            all.add(load(one.reference(), one.descriptor()));
        }
        return all;
    }

    /** The steps that an image was built by, first to last; none where its builder wrote none. */
    public List<HistoryEntry> history(Image image) throws IOException {
        String what = "config of " + image.reference();
        return Documents.history(Files.readAllBytes(blobs.path(image.configDigest())), what);
    }

    /**
     * Writes an image for others to read.
     *
     * @param target {@code oci:DIR[:TAG]}, the same bytes, beside images that are there; or {@code docker-archive:FILE}, a new file
     * @throws InvalidReference if the text is neither
     */
    public void exportTo(Image image, String target) throws IOException {
        ImageRecords.Record record = records.byDigest(image.manifestDigest())
                .orElseThrow(() -> new ImageException("there is no image " + image.manifestDigest() + " any more"));
        String what = "manifest " + image.manifestDigest() + " of " + image.reference();
        Manifest manifest = Documents.manifest(blobs.document(record.descriptor(), what), what);
        ImageExport export = new ImageExport(blobs);
        switch (ImageSource.parse(target)) {
            case ImageSource.OciLayout layout -> export.toLayout(layout, record.descriptor(), manifest);
            case ImageSource.DockerArchive archive ->
                export.toArchive(archive, manifest, image.diffIds(), registryName(image.reference()));
            case ImageSource.Registry registry ->
                throw new InvalidReference(
                        target, "is an image in a registry; write oci:DIR[:TAG] or docker-archive:FILE");
        }
    }

    private static Optional<String> registryName(String reference) {
        return !reference.startsWith("sha256:")
                        && ImageSource.parse(reference) instanceof ImageSource.Registry registry
                        && registry.reference().digest().isEmpty()
                ? Optional.of(registry.reference().toString())
                : Optional.empty();
    }

    private Image importLayout(ImageSource.OciLayout source) throws IOException {
        OciLayoutReader layout = new OciLayoutReader(source);
        Descriptor manifest = layout.manifest();
        blobs.put(manifest.digest(), bounded(manifest, source), () -> layout.open(manifest.digest()));
        return complete(source.toString(), manifest, layout::open);
    }

    private Image importArchive(ImageSource.DockerArchive source) throws IOException {
        DockerArchiveReader.Found found = new DockerArchiveReader(source).take(blobs);
        Image image = complete(source.toString(), found.manifest(), digest -> {
            throw new ImageException(source + " lacks the content " + digest);
        });
        if (found.name().isPresent()) {
            records.put(found.name().get().toString(), found.manifest());
        }
        return image;
    }

    private Image complete(String reference, Descriptor descriptor, Contents contents) throws IOException {
        String what = "manifest " + descriptor.digest() + " of " + reference;
        Manifest manifest = Documents.manifest(blobs.document(descriptor, what), what);
        Descriptor config = manifest.config();
        blobs.put(config.digest(), bounded(config, reference), () -> contents.open(config.digest()));
        List<Digest> diffIds = checkedDiffIds(reference, manifest);
        Together.run(IntStream.range(0, diffIds.size())
                .<Together.Task>mapToObj(i -> () -> take(manifest.layers().get(i), diffIds.get(i), contents))
                .toList());
        records.put(reference, descriptor);
        return load(reference, descriptor);
    }

    private void take(Descriptor layer, Digest diffId, Contents contents) throws IOException {
        try {
            blobs.put(layer.digest(), layer.size(), () -> contents.open(layer.digest()));
        } catch (LayerRejected e) {
            throw e;
        } catch (ImageException e) {
            throw new LayerRejected(layer.digest(), "", String.valueOf(e.getMessage()), e);
        }
        layers.unpack(blobs.path(layer.digest()), layer.digest(), diffId);
    }

    private List<Digest> checkedDiffIds(String reference, Manifest manifest) throws IOException {
        String what = "config " + manifest.config().digest() + " of " + reference;
        byte[] document = blobs.document(manifest.config(), what);
        ImageConfig config = Documents.config(document, what);
        Platform made = new Platform(config.os(), config.architecture());
        if (!made.equals(Platform.here())) {
            throw new ImageException("layer_rejected: " + reference + " is made for " + made + "; this host is "
                    + Platform.here() + ". Build it for this architecture");
        }
        List<Digest> diffIds = Documents.diffIds(document, what);
        if (diffIds.size() != manifest.layers().size()) {
            throw new ImageException("layer_rejected: " + what + " names " + diffIds.size() + " layers, its manifest "
                    + manifest.layers().size() + "; build the image again");
        }
        return diffIds;
    }

    /** A layer that the host lost when it stopped, or somebody removed, is unpacked again from its blob. */
    private Image ready(String reference, Descriptor descriptor) throws IOException {
        Image image = load(reference, descriptor);
        if (!image.diffIds().stream().allMatch(layers::has)) {
            String what = "manifest " + descriptor.digest() + " of " + reference;
            List<Descriptor> packed =
                    Documents.manifest(blobs.document(descriptor, what), what).layers();
            Together.run(IntStream.range(0, packed.size())
                    .<Together.Task>mapToObj(i -> () -> {
                        Digest digest = packed.get(i).digest();
                        layers.unpack(
                                blobs.path(digest), digest, image.diffIds().get(i));
                    })
                    .toList());
        }
        return image;
    }

    private Image load(String reference, Descriptor descriptor) throws IOException {
        String what = "manifest " + descriptor.digest() + " of " + reference;
        Manifest manifest = Documents.manifest(blobs.document(descriptor, what), what);
        byte[] config = blobs.document(manifest.config(), "config of " + reference);
        List<Digest> diffIds = Documents.diffIds(config, "config of " + reference);
        return new Image(
                reference,
                descriptor.digest(),
                manifest.config().digest(),
                Documents.config(config, "config of " + reference),
                diffIds,
                diffIds.stream().map(layers::path).toList(),
                manifest.layers().stream()
                        .map(layer -> new Image.Blob(layer.mediaType(), layer.digest(), layer.size()))
                        .toList(),
                manifest.layers().stream().mapToLong(Descriptor::size).sum());
    }

    private static long bounded(Descriptor document, Object reference) throws ImageException {
        if (document.size() > Documents.BYTES_MAX) {
            throw new ImageException(reference + ": a document of " + document.size() + " bytes is too large");
        }
        return document.size();
    }

    private static ImageException noRegistry(ImageReference reference) {
        return new ImageException("image " + reference + " is not in the store, and this store is open without a way to"
                + " registries: pull it with slipway image pull " + reference);
    }

    /** Where missing content comes from. */
    private interface Contents {
        InputStream open(Digest digest) throws IOException;
    }
}
