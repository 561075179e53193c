package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes images in, from wherever they come: documents and content verified, the policy asked, layers unpacked, names written down last. */
final class Intake {
    private final StoreParts parts;
    private final PullSetup setup;

    Intake(StoreParts parts, PullSetup setup) {
        this.parts = parts;
        this.setup = setup;
    }

    Resolved pull(ImageReference reference) throws IOException {
        ImageRegistry registry = setup.registry().orElseThrow(() -> noRegistry(reference));
        Pull pull = new Pull(reference, registry, parts.blobs(), setup.progress());
        Resolved resolved = pull.resolve(setup.platform());
        Descriptor found = resolved.manifest();
        admit(reference.toString(), List.of(resolved.root().digest(), found.digest()), pull.signatures());
        Manifest manifest = manifest(reference.toString(), found);
        long bytes = manifest.layers().stream().mapToLong(Descriptor::size).sum();
        setup.progress()
                .resolved(
                        reference.toString(), found.digest(), manifest.layers().size(), bytes);
        pull.content(bounded(manifest.config(), reference), Claim::await);
        unpack(reference.toString(), manifest, (layer, diffId) -> arriving(pull, layer, diffId));
        parts.records().put(reference.toString(), resolved, owner(reference.toString()));
        return resolved;
    }

    private void arriving(Pull pull, Descriptor layer, Digest diffId) throws IOException {
        boolean present = parts.layers().has(diffId);
        pull.content(layer, claim -> arriving(claim, layer, diffId));
        setup.progress().unpacked(layer.digest(), present);
    }

    /** Unpacks while it comes. */
    private void arriving(Claim claim, Descriptor layer, Digest diffId) throws IOException {
        try {
            parts.layers().unpack(claim::read, layer.size(), layer.digest(), diffId);
        } catch (LayerRejected e) {
            // Bytes that were changed on the way do not unpack either; then that is what to tell, and they are got
            // again.
            claim.await();
            throw e;
        }
    }

    Resolved layout(ImageSource.OciLayout source) throws IOException {
        OciLayoutReader layout = new OciLayoutReader(source);
        Resolved resolved = layout.image(setup.platform());
        Descriptor manifest = resolved.manifest();
        admit(source.toString(), List.of(resolved.root().digest(), manifest.digest()), LayoutSignatures.of(source));
        bounded(manifest, source);
        parts.blobs().put(manifest.digest(), manifest.size(), () -> layout.open(manifest.digest()));
        complete(source.toString(), resolved, layout::open);
        return resolved;
    }

    Resolved archive(ImageSource.DockerArchive source) throws IOException {
        DockerArchiveReader.Found found = new DockerArchiveReader(source).take(parts.blobs());
        List<String> names = new ArrayList<>(List.of(source.toString()));
        found.name().ifPresent(name -> names.add(name.toString()));
        for (String name : names) {
            // It must not come in by one name and be used by another.
            admit(name, List.of(found.manifest().digest()), SignatureCheck.Source.NONE);
        }
        Resolved resolved = Resolved.of(found.manifest());
        complete(source.toString(), resolved, digest -> {
            throw new ImageException(source + " lacks the content " + digest);
        });
        if (found.name().isPresent()) {
            parts.records().put(found.name().get().toString(), resolved, ImageRecords.ARCHIVE);
        }
        return resolved;
    }

    /** @throws ImageException if the policy does not let an image in by this name */
    void admit(String name, List<Digest> digests, SignatureCheck.Source source) throws IOException {
        new SignatureCheck(name, setup.policy().rule(name), parts.signatures(), source).admit(digests);
    }

    private void complete(String reference, Resolved resolved, Contents contents) throws IOException {
        Manifest manifest = manifest(reference, resolved.manifest());
        Descriptor config = bounded(manifest.config(), reference);
        parts.blobs().put(config.digest(), config.size(), () -> contents.open(config.digest()));
        unpack(reference, manifest, (layer, diffId) -> take(layer, diffId, contents));
        parts.records().put(reference, resolved, owner(reference));
    }

    /** Copies a layer into the store and unpacks it meanwhile. */
    private void take(Descriptor layer, Digest diffId, Contents contents) throws IOException {
        BlobTransfer.Remote file = new LocalContent(() -> contents.open(layer.digest()));
        try (Claim claim = parts.blobs().fetch(layer.digest(), layer.size(), file, PullProgress.NONE)) {
            arriving(claim, layer, diffId);
            claim.await();
        } catch (LayerRejected e) {
            throw e;
        } catch (ImageException e) {
            throw new LayerRejected(layer.digest(), "", String.valueOf(e.getMessage()), e);
        }
    }

    private void unpack(String reference, Manifest manifest, Unpacking unpacking) throws IOException {
        List<Digest> diffIds = checkedDiffIds(reference, manifest);
        Together.each(diffIds.size(), i -> unpacking.unpack(manifest.layers().get(i), diffIds.get(i)));
    }

    private List<Digest> checkedDiffIds(String reference, Manifest manifest) throws IOException {
        String what = "config " + manifest.config().digest() + " of " + reference;
        byte[] document = parts.blobs().document(manifest.config(), what);
        ImageConfig config = Documents.config(document, what);
        Platform made = config.platform();
        if (!made.equals(setup.platform())) {
            throw new ImageException("layer_rejected: " + reference + " is made for " + made + "; this host is "
                    + setup.platform() + ". Build it for this architecture");
        }
        List<Digest> diffIds = Documents.diffIds(document, what);
        if (diffIds.size() != manifest.layers().size()) {
            throw new ImageException("layer_rejected: " + what + " names " + diffIds.size() + " layers, its manifest "
                    + manifest.layers().size() + "; build the image again");
        }
        return diffIds;
    }

    /** What people brought stays theirs, also when an agent brings it again. */
    private String owner(String reference) throws IOException {
        Optional<ImageRecords.Record> known = parts.records().byName(reference);
        return known.isPresent() && known.get().by().isEmpty() ? "" : setup.owner();
    }

    private Manifest manifest(String reference, Descriptor descriptor) throws IOException {
        String what = "manifest " + descriptor.digest() + " of " + reference;
        return Documents.manifest(parts.blobs().document(descriptor, what), what);
    }

    private static Descriptor bounded(Descriptor document, Object reference) throws ImageException {
        if (document.size() > Documents.BYTES_MAX) {
            throw new ImageException(reference + ": a document of " + document.size() + " bytes is too large");
        }
        return document;
    }

    static ImageException noRegistry(ImageReference reference) {
        return new ImageException("image " + reference + " is not in the store, and this store is open without a way to"
                + " registries: pull it with slipway image pull " + reference);
    }

    /** Where missing content comes from. */
    private interface Contents {
        InputStream open(Digest digest) throws IOException;
    }

    /** Brings a layer in and unpacks it. */
    private interface Unpacking {
        void unpack(Descriptor layer, Digest diffId) throws IOException;
    }
}
