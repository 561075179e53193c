package io.slipway.api;

import io.slipway.base.NearestName;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses query parameters that an address does not take, so that a mistyped one is never silently without effect. */
public final class UnknownParameters implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && request.getQueryString() != null) {
            List<String> known = Arrays.stream(method.getMethodParameters())
                    .filter(p -> p.hasParameterAnnotation(RequestParam.class))
                    .map(UnknownParameters::name)
                    .toList();
            request.getParameterMap().keySet().stream()
                    .filter(given -> !known.contains(given))
                    .findFirst()
                    .ifPresent(given -> {
                        throw BadRequest.parameter(
                                given,
                                request.getParameter(given),
                                "is not known here",
                                NearestName.hint(given, known));
                    });
        }
        return true;
    }

    private static String name(MethodParameter parameter) {
        RequestParam declared = Objects.requireNonNull(parameter.getParameterAnnotation(RequestParam.class));
        return declared.value().isEmpty()
                ? Objects.requireNonNull(parameter.getParameter().getName())
                : declared.value();
    }
}
