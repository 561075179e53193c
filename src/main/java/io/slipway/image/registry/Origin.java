package io.slipway.image.registry;

import java.net.URI;
import java.util.Locale;

/** Whom a request goes to (RFC 6454): credentials of one are never for another. */
record Origin(String scheme, String host, int port) {
    static Origin of(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        int standard = scheme.equals("https") ? 443 : 80;
        return new Origin(
                scheme,
                String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT),
                uri.getPort() == -1 ? standard : uri.getPort());
    }

    boolean secure() {
        return scheme.equals("https");
    }

    /** As a reference names a registry: without the port where it is the usual one. */
    String hostAndPort() {
        return port == (secure() ? 443 : 80) ? host : host + ":" + port;
    }

    @Override
    public String toString() {
        return scheme + "://" + hostAndPort();
    }
}
