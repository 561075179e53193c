package io.slipway.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.http.ResponseCookie;

/**
 * The cookie that holds a session. Over https it is {@code __Host-slipway}, which a browser keeps only when Secure, with the path {@code /}
 * and without a domain. Browsers refuse that prefix over plain http, where {@code slipway up} serves on loopback; there, and only there, it
 * is {@code slipway-session}.
 */
public final class SessionCookie {
    private static final String SECURE = "__Host-slipway";
    private static final String PLAIN = "slipway-session";

    private SessionCookie() {}

    public static String set(HttpServletRequest request, TokenSecret secret) {
        return cookie(request, secret.reveal(), Session.LIFE);
    }

    public static String clear(HttpServletRequest request) {
        return cookie(request, "", Duration.ZERO);
    }

    public static Optional<String> read(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        return Arrays.stream(cookies == null ? new Cookie[0] : cookies)
                .filter(c -> c.getName().equals(name(request)))
                .map(Cookie::getValue)
                .findFirst();
    }

    private static String name(HttpServletRequest request) {
        return request.isSecure() ? SECURE : PLAIN;
    }

    private static String cookie(HttpServletRequest request, String value, Duration life) {
        return ResponseCookie.from(name(request), value)
                .httpOnly(true)
                .secure(request.isSecure())
                .sameSite("Strict")
                .path("/")
                .maxAge(life)
                .build()
                .toString();
    }
}
