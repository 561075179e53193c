package io.slipway.traffic;

import io.slipway.traffic.Routes.Entry;
import java.util.stream.Collectors;

/** The edge's own error answers, in words. */
final class Refusals {
    private static final int LISTED_MAX = 20;

    private Refusals() {}

    static Problem badRequest(String detail) {
        return new Problem(400, "bad-request", "Bad request", detail);
    }

    static Problem notRouted(Incoming incoming, Routes routes) {
        String routed = routes.table.services().stream()
                .map(route -> route.host() + route.path())
                .distinct()
                .limit(LISTED_MAX)
                .collect(Collectors.joining(", "));
        return new Problem(
                404,
                "not-routed",
                "No route",
                "No service is routed at host '" + incoming.host() + "', path '" + incoming.path() + "'. Routed are: "
                        + (routed.isEmpty() ? "none" : routed) + ".");
    }

    static Problem noBackend(Entry entry) {
        return new Problem(
                503,
                "no-ready-backend",
                "No ready backend",
                "Service '" + entry.route.service()
                        + "' has no backend that can be reached. Nothing was sent to it; try again.");
    }

    static Problem cutOff(Pick pick) {
        return new Problem(
                502,
                "cut-off",
                "Backend closed the connection",
                "A replica of " + pick.target().split().revision()
                        + " closed the connection without an answer. It may have acted on the request.");
    }
}
