package io.slipway.api;

import io.slipway.access.Caller;
import io.slipway.control.IdempotencyKeys;
import io.slipway.control.IdempotencyKeys.Answer;
import io.slipway.control.IdempotencyKeys.Claim;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Gives a repeated POST with the same {@code Idempotency-Key} the saved answer (draft-ietf-httpapi-idempotency-key-header). Without a key
 * a POST is simply done. A refusal (4xx) or a failure (5xx) is not saved and gives the key back: it stored nothing, so the request may be
 * sent again, mended or not. Neither is the answer that shows a new token, which is stored nowhere.
 */
public final class IdempotencyFilter extends OncePerRequestFilter {
    private static final String HEADER = "Idempotency-Key";
    private static final int KEY_LENGTH_MAX = 255;
    private final IdempotencyKeys keys;
    private final ProblemResolver problems;

    public IdempotencyFilter(IdempotencyKeys keys, ProblemResolver problems) {
        this.keys = keys;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !(request.getRequestURI().startsWith("/api/")
                && request.getMethod().equals("POST")
                && !request.getRequestURI().startsWith("/api/v1/tokens")
                && request.getHeader(HEADER) != null);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String key = String.valueOf(request.getHeader(HEADER)).strip();
        if (key.isEmpty() || key.length() > KEY_LENGTH_MAX || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            refuse(
                    request,
                    response,
                    400,
                    "bad-idempotency-key",
                    "The Idempotency-Key is not usable",
                    "Idempotency-Key must be 1 to " + KEY_LENGTH_MAX + " visible ASCII characters; this one has "
                            + key.length()
                            + ". Nothing was changed. Use a UUID, the same for each repetition of one request.");
            return;
        }
        String actor = Caller.current().name();
        switch (keys.begin(actor, key, digest(request))) {
            case Claim.Fresh fresh -> first(request, response, chain, actor, key);
            case Claim.Replay replay -> replay(response, replay.answer());
            case Claim.InFlight inFlight -> {
                response.setHeader("Retry-After", "1");
                refuse(
                        request,
                        response,
                        409,
                        "request-in-flight",
                        "The first request is still being done",
                        "A request with this Idempotency-Key came at " + inFlight.since()
                                + " and is not answered yet. Ask again in a second to get its answer.");
            }
            case Claim.Conflicting other ->
                refuse(
                        request,
                        response,
                        422,
                        "idempotency-key-reused",
                        "The Idempotency-Key belongs to another request",
                        "This Idempotency-Key was used for a request with another address or body. Nothing was changed."
                                + " Use a new key for a new request.");
        }
    }

    private void first(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, String actor, String key)
            throws IOException, ServletException {
        ContentCachingResponseWrapper caught = new ContentCachingResponseWrapper(response);
        boolean saved = false;
        try {
            chain.doFilter(request, caught);
            if (caught.getStatus() < 400) {
                keys.finish(actor, key, answer(caught));
                saved = true;
            }
        } finally {
            if (!saved) {
                keys.abandon(actor, key);
            }
        }
        caught.copyBodyToResponse();
    }

    private static Answer answer(ContentCachingResponseWrapper caught) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : new String[] {"Content-Type", "Location", "ETag"}) {
            String value = name.equals("Content-Type") ? caught.getContentType() : caught.getHeader(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        return new Answer(caught.getStatus(), headers, caught.getContentAsByteArray());
    }

    private static void replay(HttpServletResponse response, Answer answer) throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.setHeader("Idempotency-Replayed", "true");
        response.getOutputStream().write(answer.body());
    }

    private void refuse(
            HttpServletRequest request,
            HttpServletResponse response,
            int status,
            String code,
            String title,
            String detail)
            throws IOException {
        problems.write(request, response, Problem.of(status, code, title, detail));
    }

    /** Over method, path and body, so that a key cannot be taken along to another request. */
    private static String digest(HttpServletRequest request) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(
                    (request.getMethod() + " " + request.getRequestURI() + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of()
                    .formatHex(digest.digest(request.getInputStream().readAllBytes()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform must have SHA-256", impossible);
        }
    }
}
