package io.slipway.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;

/**
 * What a server said. To be closed.
 *
 * @param uri who said it
 */
record Answer(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
    /** One value of a header; empty if there is none. */
    String header(String name) {
        return headers.firstValue(name).orElse("").strip();
    }

    boolean ok() {
        return status == 200 || status == 206;
    }

    boolean redirects() {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    /** The server is in trouble, or has too much to do; it may be otherwise in a while. */
    boolean passing() {
        return status == 408 || status == 425 || status == 429 || status >= 500;
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // Nothing of it is wanted any more.
        }
    }
}
