package io.slipway.api;

import io.slipway.access.ScopeMissing;
import io.slipway.control.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers every failure under {@code /api/} with a problem document. Internals stay inside: what was not foreseen is logged under an id, and
 * only the id is told.
 */
public final class ProblemResolver implements HandlerExceptionResolver, Ordered {
    public static final String MEDIA_TYPE = "application/problem+json";
    private static final Logger LOG = LoggerFactory.getLogger(ProblemResolver.class);
    private final JsonMapper json;

    public ProblemResolver(JsonMapper json) {
        this.json = json;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        if (!request.getRequestURI().startsWith("/api/")) {
            return null;
        }
        if (failure instanceof AsyncRequestNotUsableException || response.isCommitted()) {
            return new ModelAndView();
        }
        headers(response, failure);
        try {
            write(request, response, problem(request, failure));
        } catch (IOException clientGone) {
            LOG.debug("the client of {} went away before its answer", request.getRequestURI());
        }
        return new ModelAndView();
    }

    /** Writes the problem as the whole answer. */
    void write(HttpServletRequest request, HttpServletResponse response, Problem problem) throws IOException {
        response.setStatus(problem.status());
        response.setContentType(MEDIA_TYPE);
        response.getOutputStream().write(json.writeValueAsBytes(problem.at(request.getRequestURI())));
    }

    private static void headers(HttpServletResponse response, Exception failure) {
        switch (failure) {
            case AuthenticationException unknown -> response.setHeader("WWW-Authenticate", "Bearer realm=\"slipway\"");
            case ScopeMissing missing ->
                response.setHeader(
                        "WWW-Authenticate",
                        "Bearer realm=\"slipway\", error=\"insufficient_scope\", scope=\""
                                + missing.scope().label() + "\"");
            case HttpRequestMethodNotSupportedException method -> {
                String[] allowed = method.getSupportedMethods();
                response.setHeader("Allow", allowed == null ? "" : String.join(", ", allowed));
            }
            default -> {}
        }
    }

    private static Problem problem(HttpServletRequest request, Exception failure) {
        return switch (failure) {
            case BadRequest bad -> bad.problem();
            case Refused refused -> refused(refused);
            case AuthenticationException unknown ->
                Problem.of(401, "unauthenticated", "A token is needed", String.valueOf(unknown.getMessage()));
            case ScopeMissing missing ->
                Problem.of(403, "scope-missing", "The token does not allow this", String.valueOf(missing.getMessage()));
            case AccessDeniedException denied ->
                Problem.of(403, "not-allowed", "Not allowed", "The token does not allow this. Nothing was changed.");
            case NoResourceFoundException none ->
                Problem.of(
                        404,
                        "no-such-address",
                        "No such address",
                        "There is nothing at " + request.getRequestURI()
                                + ". The addresses are listed at /v3/api-docs.");
            case HttpRequestMethodNotSupportedException method ->
                Problem.of(
                        405,
                        "method-not-allowed",
                        "The address does not take this method",
                        request.getRequestURI() + " does not take " + method.getMethod() + ", but "
                                + join(method.getSupportedHttpMethods()) + ".");
            case HttpMediaTypeNotSupportedException type ->
                Problem.of(
                        415,
                        "unsupported-media-type",
                        "The body's type is not taken",
                        "This address does not take "
                                + (type.getContentType() == null
                                        ? "a request without Content-Type"
                                        : type.getContentType())
                                + ", but "
                                + join(type.getSupportedMediaTypes()) + ". Nothing was changed. Set Content-Type.");
            case HttpMediaTypeNotAcceptableException type ->
                Problem.of(
                        406,
                        "not-acceptable",
                        "The answer's type is not made here",
                        "This address makes " + join(type.getSupportedMediaTypes()) + ". Set Accept, or leave it out.");
            case MissingServletRequestParameterException missing ->
                BadRequest.parameter(missing.getParameterName(), "", "is missing", "Add it to the address.")
                        .problem();
            case MethodArgumentTypeMismatchException mismatch -> mismatch(mismatch);
            default -> unforeseen(request, failure);
        };
    }

    private static Problem refused(Refused refused) {
        String detail = String.valueOf(refused.getMessage());
        return switch (refused.kind()) {
            case NOT_FOUND -> Problem.of(404, "not-found", "Not found", detail);
            case INVALID ->
                Problem.of(422, "invalid", "The request is invalid", detail).with(refused.violations());
            case ROUTE_TAKEN -> Problem.of(409, "route-taken", "The route belongs to another service", detail);
            case SERVICE_HELD -> Problem.of(409, "service-held", "The service is held", detail);
            case ROLLOUT_ACTIVE -> Problem.of(409, "rollout-active", "Another rollout is active", detail);
            case WRONG_STATE -> Problem.of(409, "wrong-state", "The rollout's state does not allow this", detail);
            case NOT_ALLOWED -> Problem.of(403, "not-owner", "Not yours to decide", detail);
        };
    }

    private static Problem mismatch(MethodArgumentTypeMismatchException mismatch) {
        Class<?> wanted = mismatch.getRequiredType();
        boolean number = wanted != null
                && (wanted == int.class || wanted == long.class || Number.class.isAssignableFrom(wanted));
        return BadRequest.parameter(
                        mismatch.getName(),
                        String.valueOf(mismatch.getValue()),
                        "is not " + (number ? "a whole number" : "of the form that is due"),
                        "Correct it in the address.")
                .problem();
    }

    private static Problem unforeseen(HttpServletRequest request, Exception failure) {
        String id = UUID.randomUUID().toString();
        LOG.error(
                "{} {} failed; its caller was told incident {}",
                request.getMethod(),
                request.getRequestURI(),
                id,
                failure);
        return Problem.of(
                500,
                "internal",
                "Slipway failed to answer",
                "Something went wrong inside that was not foreseen. Whether the operation was done is shown by the"
                        + " rollout's decisions; with the same Idempotency-Key it may be sent again. The controller's log"
                        + " says more under incident " + id + ".");
    }

    private static String join(@Nullable Collection<?> names) {
        return names == null || names.isEmpty()
                ? "nothing"
                : String.join(
                        ", ",
                        List.copyOf(names).stream()
                                .map(String::valueOf)
                                .sorted()
                                .toList());
    }
}
