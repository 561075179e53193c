package io.slipway.image;

import java.nio.file.Path;

/** What a store is made of. */
record StoreParts(
        Path root,
        BlobStore blobs,
        LayerStore layers,
        ImageRecords records,
        KeptSignatures signatures,
        ImagePins pins) {}
