package io.slipway.image;

import io.slipway.linux.OpenDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The images of one host: content by digest, unpacked layers by diff id, names. Safe for many threads and for several processes on one directory;
 * what a killed process left half done is removed when the store is next opened.
 *
 * <pre>
 *   blobs/HEX       as it came: manifests, configs, compressed layers
 *   layers/HEX/     unpacked once, by diff id, owners shifted; 0700, owned by the range
 *   images/HEX      what is known by digest
 *   names/HEX       what is known by name
 *   signatures/HEX  what convinced the policy
 *   pins/OWNER      what must stay
 * </pre>
 */
public final class ImageStore {
    /** Containers pass through to their layers, but need not list what else there is. */
    private static final int PASS_MODE = 0711;

    private final StoreParts parts;
    private final PullSetup setup;
    private final Intake intake;

    private ImageStore(StoreParts parts, PullSetup setup) {
        this.parts = parts;
        this.setup = setup;
        this.intake = new Intake(parts, setup);
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
        StoreParts parts = new StoreParts(
                at,
                BlobStore.open(at.resolve("blobs")),
                LayerStore.open(at.resolve(layers), shift, limits),
                ImageRecords.open(at),
                KeptSignatures.open(at),
                ImagePins.open(at));
        return new ImageStore(parts, PullSetup.NONE);
    }

    /** The same store, with another way for images to come in. */
    public ImageStore with(PullSetup other) {
        return new ImageStore(parts, other);
    }

    /** As long as it is held, nothing is pruned: between obtaining an image and having a container that stands on it. */
    public ImageHold hold() throws IOException {
        StoreLocks.Held held = parts.blobs().locks().use();
        return held::close;
    }

    /**
     * Takes an image in, verified, and unpacks it. What is there already is not done again. A tag is looked at anew, as it may have moved.
     *
     * @param source {@code oci:DIR[:TAG]}, {@code docker-archive:FILE} or a reference
     * @throws InvalidReference if the text is no reference
     * @throws LayerRejected if a layer is damaged or an attack
     * @throws ImageException if it is missing, damaged, for another machine, or not let in by the policy
     */
    public Image importFrom(String source) throws IOException {
        return take(ImageSource.parse(source));
    }

    /** As {@link #importFrom}. */
    public Image pull(ImageReference reference) throws IOException {
        return take(new ImageSource.Registry(reference));
    }

    private Image take(ImageSource source) throws IOException {
        try (ImageHold _ = hold()) {
            Resolved found = switch (source) {
                case ImageSource.OciLayout layout -> intake.layout(layout);
                case ImageSource.DockerArchive archive -> intake.archive(archive);
                case ImageSource.Registry named -> intake.pull(named.reference());
            };
            return load(source.toString(), found.root().digest(), found.manifest());
        }
    }

    /**
     * An image for a release: found if it is pinned and known, as {@code NAME@sha256:...} for any source; otherwise imported or pulled anew, as
     * tags move.
     *
     * @throws IOException as {@link #importFrom}
     */
    public Image obtain(String reference) throws IOException {
        return obtain(reference, Freshness.ALWAYS);
    }

    /**
     * An image to run.
     *
     * @throws IOException as {@link #importFrom}
     */
    public Image obtain(String reference, Freshness freshness) throws IOException {
        int at = reference.lastIndexOf("@sha256:");
        Optional<Digest> pin = at > 0 ? Optional.of(Digest.parse(reference.substring(at + 1))) : Optional.empty();
        String name = at > 0 ? reference.substring(0, at) : reference;
        Optional<ImageRecords.Record> found = pin.isPresent() ? parts.records().byDigest(pin.get()) : record(reference);
        boolean local = reference.startsWith("sha256:");
        boolean pullable = !local && ImageSource.parse(name) instanceof ImageSource.Registry;
        boolean asks = freshness == Freshness.ALWAYS
                && setup.registry().isPresent()
                && found.filter(one -> one.by().equals(ImageRecords.ARCHIVE)).isEmpty();
        boolean enough = pin.isPresent() || local || (pullable && !asks);
        if (found.isPresent() && enough) {
            Image image = load(local ? found.get().reference() : reference, found.get());
            if (fits(image)) {
                return admitted(image, found.get().descriptor());
            }
        }
        if (local || (pullable && freshness == Freshness.NEVER)) {
            throw new ImageException("there is no image " + reference + " in this store"
                    + (found.isPresent() ? " for " + setup.platform() : "") + "; pull or import it first");
        }
        Image taken = importFrom(pullable ? reference : name);
        if (!pullable && pin.isPresent() && !taken.isKnownBy(pin.get())) {
            throw new ImageException(reference + " has moved: " + name + " is now " + taken.rootDigest()
                    + ". Release the new digest, or bring the old image back");
        }
        return taken;
    }

    /** What was pulled for another machine is not what is to run on this one. */
    private boolean fits(Image image) {
        return image.config().platform().equals(setup.platform());
    }

    /** An image that is here, if the policy of now lets it in. */
    private Image admitted(Image known, Descriptor manifest) throws IOException {
        String name = known.reference();
        if (setup.policy().asks(full(name))) {
            boolean pullable = setup.registry().isPresent() && !isLocal(name);
            SignatureCheck.Source signatures = pullable
                    ? new Pull(ImageReference.parse(name), setup.registry().get(), parts.blobs(), setup.progress())
                            .signatures()
                    : SignatureCheck.Source.NONE;
            intake.admit(full(name), parts.records().digests(known.manifestDigest()), signatures);
        }
        return ready(known, manifest);
    }

    /**
     * Finds what was imported, without looking at its source again.
     *
     * @param reference as it was imported, or {@code sha256:...} of the manifest, or {@code name@sha256:...}
     * @throws InvalidReference if the text is no reference
     */
    public Optional<Image> resolve(String reference) throws IOException {
        Optional<ImageRecords.Record> found = record(reference);
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(ready(load(reference, found.get()), found.get().descriptor()));
    }

    private Optional<ImageRecords.Record> record(String reference) throws IOException {
        if (reference.startsWith("sha256:")) {
            return parts.records().byDigest(Digest.parse(reference));
        }
        ImageSource source = ImageSource.parse(reference);
        Optional<Digest> pinned =
                source instanceof ImageSource.Registry r ? r.reference().digest() : Optional.empty();
        return pinned.isPresent()
                ? parts.records().byDigest(pinned.get())
                : parts.records().byName(source.toString());
    }

    /** All names, in order. */
    public List<Image> list() throws IOException {
        List<Image> all = new ArrayList<>();
        for (ImageRecords.Record one : parts.records().all()) {
            all.add(load(one.reference(), one));
        }
        return all;
    }

    /** The steps that an image was built by, first to last; none where its builder wrote none. */
    public List<HistoryEntry> history(Image image) throws IOException {
        String what = "config of " + image.reference();
        return Documents.history(Files.readAllBytes(parts.blobs().path(image.configDigest())), what);
    }

    /**
     * Writes an image for others to read.
     *
     * @param target {@code oci:DIR[:TAG]}, the same bytes, beside images that are there; or {@code docker-archive:FILE}, a new file
     * @throws InvalidReference if the text is neither
     */
    public void exportTo(Image image, String target) throws IOException {
        ImageRecords.Record record = parts.records()
                .byDigest(image.manifestDigest())
                .orElseThrow(() -> new ImageException("there is no image " + image.manifestDigest() + " any more"));
        String what = "manifest " + image.manifestDigest() + " of " + image.reference();
        Manifest manifest = Documents.manifest(parts.blobs().document(record.descriptor(), what), what);
        ImageExport export = new ImageExport(parts.blobs());
        switch (ImageSource.parse(target)) {
            case ImageSource.OciLayout layout ->
                export.toLayout(
                        layout, record.descriptor(), manifest, image.config().platform());
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

    /** A layer that the host lost when it stopped, or somebody removed, is unpacked again from its blob. */
    private Image ready(Image image, Descriptor descriptor) throws IOException {
        if (!image.diffIds().stream().allMatch(parts.layers()::has)) {
            String what = "manifest " + descriptor.digest() + " of " + image.reference();
            List<Descriptor> packed = Documents.manifest(parts.blobs().document(descriptor, what), what)
                    .layers();
            Together.each(packed.size(), i -> {
                Digest digest = packed.get(i).digest();
                parts.layers()
                        .unpack(
                                parts.blobs().path(digest),
                                digest,
                                image.diffIds().get(i));
            });
        }
        return image;
    }

    private Image load(String reference, ImageRecords.Record known) throws IOException {
        return load(reference, known.root(), known.descriptor());
    }

    private Image load(String reference, Digest root, Descriptor descriptor) throws IOException {
        String what = "manifest " + descriptor.digest() + " of " + reference;
        Manifest manifest = Documents.manifest(parts.blobs().document(descriptor, what), what);
        byte[] config = parts.blobs().document(manifest.config(), "config of " + reference);
        List<Digest> diffIds = Documents.diffIds(config, "config of " + reference);
        return new Image(
                reference,
                root,
                descriptor.digest(),
                manifest.config().digest(),
                Documents.config(config, "config of " + reference),
                diffIds,
                diffIds.stream().map(parts.layers()::path).toList(),
                manifest.layers().stream()
                        .map(layer -> new Image.Blob(layer.mediaType(), layer.digest(), layer.size()))
                        .toList(),
                manifest.layers().stream().mapToLong(Descriptor::size).sum());
    }

    /**
     * Sets what somebody needs; it is not pruned until it is set otherwise. References as in a service file, pinned or not.
     *
     * @param owner letters, digits, dashes
     */
    public void pin(String owner, Set<String> references, Instant now) throws IOException {
        Set<String> full = new TreeSet<>();
        for (String reference : references) {
            try {
                full.add(full(reference));
            } catch (InvalidReference e) {
                // Nothing can be known by it, so there is nothing to pin.
            }
        }
        parts.pins().put(owner, parts.pins().of(owner).becoming(full, now));
    }

    private static String full(String reference) {
        return isLocal(reference) ? reference : ImageReference.parse(reference).toString();
    }

    private static boolean isLocal(String reference) {
        return reference.startsWith("oci:")
                || reference.startsWith("docker-archive:")
                || reference.startsWith("sha256:");
    }

    /**
     * Removes what nobody needs, or says what would be removed. Waits for pulls and starts that are going on.
     *
     * @param within how long it waits
     * @throws ImageException if the store was in use all that time; nothing was removed
     */
    public Pruned prune(Prune what, StoodOn stoodOn, Duration within) throws IOException {
        Instant now = Instant.now();
        try (StoreLocks.Held _ = parts.blobs().locks().removal(within)) {
            return new Pruning(parts, what, stoodOn.layers(), parts.pins().all(), now).run();
        }
    }

    /**
     * Removes a name, or by {@code sha256:...} an image with all its names; and what then nobody needs.
     *
     * @throws ImageException if there is none, or somebody needs it: nothing was removed
     */
    public Pruned remove(String reference, StoodOn stoodOn, Duration within) throws IOException {
        Instant now = Instant.now();
        try (StoreLocks.Held _ = parts.blobs().locks().removal(within)) {
            return new Removal(parts, parts.pins().all(), stoodOn.layers()).remove(full(reference), now);
        }
    }

    /**
     * Removes what an owner brought and has not needed for a while, and what nobody needs then.
     *
     * @param retention how long images stay that are no longer pinned
     */
    public Pruned retire(String owner, Duration retention, StoodOn stoodOn, Duration within) throws IOException {
        Instant now = Instant.now();
        try (StoreLocks.Held _ = parts.blobs().locks().removal(within)) {
            ImagePins.Pins pins = parts.pins().of(owner);
            Set<String> over = new TreeSet<>();
            pins.retired().forEach((reference, since) -> {
                if (since.plus(retention).isBefore(now)) {
                    over.add(reference);
                }
            });
            for (String reference : over) {
                parts.records().forgetName(reference, owner);
            }
            parts.pins().put(owner, pins.without(over));
            return new Pruning(
                            parts, Prune.UNNAMED, stoodOn.layers(), parts.pins().all(), now)
                    .run();
        }
    }
}
