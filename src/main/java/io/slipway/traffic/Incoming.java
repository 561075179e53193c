package io.slipway.traffic;

import io.slipway.routing.Splitter;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the edge has to know of a request's head.
 *
 * @param host lower case, without port
 * @param authority as the client sent it, for the backend
 * @param contentLength -1 when it is not declared
 * @param buffered the whole body (if any) is read before anything is sent
 * @param repeatable sending it twice does no harm
 * @param hasPoint the client came with a point; otherwise it is to be given this one
 */
record Incoming(
        String host,
        String authority,
        String path,
        String uri,
        String clientAddress,
        long contentLength,
        boolean buffered,
        boolean repeatable,
        boolean expectsContinue,
        @Nullable String upgrade,
        boolean hasPoint,
        int point,
        @Nullable Problem problem) {
    private static final long BUFFERED_BYTES_MAX = 65_536;

    static Incoming of(HttpServerRequest in) {
        MultiMap headers = in.headers();
        String authority = authorityOf(in);
        String uri = originForm(in.uri());
        long length = lengthOf(headers);
        boolean hasBody = length > 0 || length < 0 && mayHaveBody(in);
        boolean buffered = !hasBody || length > 0 && length <= BUFFERED_BYTES_MAX && Exchange.isIdempotent(in.method());
        String upgrade = in.version() == HttpVersion.HTTP_1_1 && !hasBody ? Headers.upgradeOf(headers) : null;
        int known = Headers.pointOf(headers);
        String address = in.remoteAddress().hostAddress();
        int point = known >= 0
                ? known
                : Splitter.pointOf(address, in.remoteAddress().port());
        return new Incoming(
                hostOf(authority),
                authority,
                pathOf(uri),
                uri,
                address,
                length,
                buffered,
                buffered && Exchange.isIdempotent(in.method()),
                "100-continue".equalsIgnoreCase(headers.get("expect")),
                upgrade,
                known >= 0,
                point,
                problemOf(in, authority));
    }

    private static @Nullable Problem problemOf(HttpServerRequest in, String authority) {
        List<String> hosts = in.headers().getAll("host");
        if (hosts.size() > 1 || authority.isEmpty() && in.version() == HttpVersion.HTTP_1_1) {
            return Refusals.badRequest(
                    "the request must have exactly one Host header (RFC 9112, 3.2), not " + hosts.size());
        }
        List<String> encodings = in.headers().getAll("transfer-encoding");
        if (!encodings.isEmpty() && in.headers().contains("content-length")) {
            return Refusals.badRequest("Content-Length and Transfer-Encoding exclude each other (RFC 9112, 6.1)");
        }
        if (encodings.size() > 1
                || encodings.size() == 1
                        && !"chunked".equalsIgnoreCase(encodings.getFirst().trim())) {
            return Refusals.badRequest("the only Transfer-Encoding served is chunked, not " + encodings);
        }
        if (in.method() == HttpMethod.CONNECT) {
            return Refusals.badRequest("the edge is not a forward proxy: CONNECT is not served");
        }
        return null;
    }

    private static String authorityOf(HttpServerRequest in) {
        String uri = in.uri();
        int scheme = uri.startsWith("/") ? -1 : uri.indexOf("://");
        if (scheme > 0) {
            int slash = uri.indexOf('/', scheme + 3);
            return uri.substring(scheme + 3, slash < 0 ? uri.length() : slash);
        }
        if (in.version() == HttpVersion.HTTP_2) {
            return in.authority() == null ? "" : in.authority().toString();
        }
        String host = in.headers().get("host");
        return host == null ? "" : host.trim();
    }

    /** A request target in absolute form (RFC 9112, 3.2.2) without its scheme and authority. */
    private static String originForm(String uri) {
        int scheme = uri.startsWith("/") ? -1 : uri.indexOf("://");
        if (scheme < 0) {
            return uri;
        }
        int slash = uri.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : uri.substring(slash);
    }

    private static String pathOf(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private static String hostOf(String authority) {
        int bracket = authority.lastIndexOf(']');
        int colon = authority.indexOf(':', Math.max(bracket, 0));
        return (colon < 0 ? authority : authority.substring(0, colon)).toLowerCase(Locale.ROOT);
    }

    private static long lengthOf(MultiMap headers) {
        String length = headers.get("content-length");
        return length == null ? -1 : Long.parseLong(length.trim());
    }

    private static boolean mayHaveBody(HttpServerRequest in) {
        if (in.version() == HttpVersion.HTTP_2) {
            return in.method() != HttpMethod.GET && in.method() != HttpMethod.HEAD;
        }
        return in.headers().contains("transfer-encoding");
    }
}
