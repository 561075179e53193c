package io.slipway.image;

import java.io.IOException;
import java.io.InputStream;

/** Content of a file of this host, which comes as from a registry. */
record LocalContent(BlobStore.Source source) implements BlobTransfer.Remote {
    @Override
    public InputStream open(long from) throws IOException {
        InputStream in = source.open();
        try {
            in.skipNBytes(from);
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    @Override
    public void wrong() {}
}
