package io.slipway.image;

import java.util.List;

/** One image for one platform: its config and its layers, lowest first. */
record Manifest(Descriptor config, List<Descriptor> layers) {}
