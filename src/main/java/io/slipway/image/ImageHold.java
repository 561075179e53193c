package io.slipway.image;

import java.io.IOException;

/** Keeps a store from being pruned. To be closed. */
public interface ImageHold extends AutoCloseable {
    @Override
    void close() throws IOException;
}
