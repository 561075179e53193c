package io.slipway.image;

import java.io.IOException;
import java.util.Set;

/**
 * Tells what containers stand on. Asked once the store is let go of by whoever was bringing images or starting containers, so that one that was
 * made a moment ago counts.
 */
public interface StoodOn {
    /** Diff ids of layers. */
    Set<Digest> layers() throws IOException;
}
