package io.slipway.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Takes changes through the dashboard only from its own pages: the browser's {@code Sec-Fetch-Site}, and {@code Origin} (or, without one,
 * {@code Referer}), must be ours. With SameSite=Strict cookies beside it, no hidden form field is needed (OWASP, cross-site request
 * forgery prevention).
 */
final class OriginCheck extends OncePerRequestFilter {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (READING.contains(request.getMethod()) || ours(request)) {
            chain.doFilter(request, response);
        } else {
            response.sendError(403, "The form was not sent from this dashboard's own page. Nothing was changed.");
        }
    }

    private static boolean ours(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return false;
        }
        String from = Optional.ofNullable(request.getHeader("Origin")).orElse(request.getHeader("Referer"));
        return from != null && authority(from).filter(own(request)::equals).isPresent();
    }

    private static String own(HttpServletRequest request) {
        int port = request.getServerPort();
        boolean standard = port == (request.isSecure() ? 443 : 80);
        return request.getScheme() + "://" + request.getServerName() + (standard ? "" : ":" + port);
    }

    private static Optional<String> authority(String address) {
        try {
            URI uri = URI.create(address);
            return uri.getHost() == null ? Optional.empty() : Optional.of(uri.getScheme() + "://" + uri.getAuthority());
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }
}
