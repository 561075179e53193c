package io.slipway.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.filter.OncePerRequestFilter;

/** Finds out who sends a request, by a bearer token or by a session's cookie. Without either it goes on as nobody's. */
final class TokenFilter extends OncePerRequestFilter {
    private static final String BEARER = "Bearer ";
    private final Proof proof;
    private final AuthenticationEntryPoint refuse;

    private TokenFilter(Proof proof, AuthenticationEntryPoint refuse) {
        this.proof = proof;
        this.refuse = refuse;
    }

    /** For programs: {@code Authorization: Bearer}. A cookie means nothing here, so no page elsewhere can act through a browser. */
    static TokenFilter bearer(TokenCheck check, AuthenticationEntryPoint refuse) {
        return new TokenFilter(
                request -> Optional.ofNullable(request.getHeader("Authorization"))
                        .filter(TokenFilter::isBearer)
                        .map(h -> check.bearer(h.substring(BEARER.length()).strip())),
                refuse);
    }

    static boolean isBearer(String authorization) {
        return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    }

    /** For people: the session's cookie. */
    static TokenFilter session(TokenCheck check, AuthenticationEntryPoint refuse) {
        return new TokenFilter(request -> SessionCookie.read(request).map(check::session), refuse);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            proof.of(request).ifPresent(TokenFilter::remember);
        } catch (AuthenticationException refused) {
            refuse.commence(request, response, refused);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    /** Streams go on after the request was dispatched again; the caller must be known there, too. */
    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    private static void remember(Caller caller) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new UsernamePasswordAuthenticationToken(caller, "", AuthorityUtils.NO_AUTHORITIES));
        SecurityContextHolder.setContext(context);
    }

    private interface Proof {
        Optional<Caller> of(HttpServletRequest request) throws AuthenticationException;
    }
}
