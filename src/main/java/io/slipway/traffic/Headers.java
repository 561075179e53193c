package io.slipway.traffic;

import io.slipway.routing.Splitter;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a proxy does to headers (RFC 9110, 7.6): drops those of one hop, and says that it was there. */
final class Headers {
    static final String VIA = "1.1 slipway";
    private static final String COOKIE = "slipway=";
    private static final Set<String> HOP_BY_HOP = caseless(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "transfer-encoding",
            "upgrade",
            "http2-settings");
    private static final Set<String> NOT_UPSTREAM = caseless(
            "expect", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "content-length", "via", "host");

    private Headers() {}

    /**
     * Copies a client's headers to a backend's request. The forwarding headers are ours alone: the edge is the outermost
     * hop, and what a client claims about itself would be believed behind it.
     */
    static void toBackend(MultiMap from, MultiMap to, Incoming incoming) {
        Set<String> named = namedByConnection(from);
        from.forEach((name, value) -> {
            if (!HOP_BY_HOP.contains(name)
                    && !NOT_UPSTREAM.contains(name)
                    && !named.contains(name)
                    && !name.startsWith(":")) {
                to.add(name, value);
            }
        });
        if (from.contains("te", "trailers", true)) {
            to.set("TE", "trailers");
        }
        String via = from.get("via");
        to.set("Host", incoming.authority());
        to.set("Via", via == null ? VIA : via + ", " + VIA);
        to.set("X-Forwarded-For", incoming.clientAddress());
        to.set("X-Forwarded-Proto", "http");
        to.set("X-Forwarded-Host", incoming.authority());
    }

    /** Copies a backend's headers to the client's answer. */
    static void toClient(MultiMap from, MultiMap to) {
        Set<String> named = namedByConnection(from);
        from.forEach((name, value) -> {
            if (!HOP_BY_HOP.contains(name) && !named.contains(name)) {
                to.add(name, value);
            }
        });
        to.add("Via", VIA);
    }

    /** The client's point from its cookies, or -1. */
    static int pointOf(MultiMap headers) {
        for (String line : headers.getAll("cookie")) {
            for (String pair : line.split(";")) {
                String cookie = pair.trim();
                if (cookie.startsWith(COOKIE)) {
                    return parsePoint(cookie.substring(COOKIE.length()));
                }
            }
        }
        return -1;
    }

    static String cookieOf(int point) {
        return COOKIE + point + "; Path=/; HttpOnly; SameSite=Lax";
    }

    static @Nullable String upgradeOf(MultiMap headers) {
        return namedByConnection(headers).contains("upgrade") ? headers.get("upgrade") : null;
    }

    private static int parsePoint(String text) {
        if (text.isEmpty() || text.length() > 4 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int point = Integer.parseInt(text);
        return point < Splitter.POINTS ? point : -1;
    }

    private static Set<String> namedByConnection(MultiMap headers) {
        if (!headers.contains("connection")) {
            return Set.of();
        }
        Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : headers.getAll("connection")) {
            for (String token : line.split(",")) {
                named.add(token.trim().toLowerCase(Locale.ROOT));
            }
        }
        named.remove("close");
        named.remove("keep-alive");
        return named;
    }

    private static Set<String> caseless(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(Set.of(names));
        return set;
    }
}
