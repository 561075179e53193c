package io.slipway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.slipway.release.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as RFC 9457 has it, with what is wrong field by field.
 *
 * @param type {@code urn:slipway:problem:} and a stable code; programs go by this
 * @param detail the operation, the object, the cause, the consequence and what to do
 * @param instance path of the request
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @Nullable String instance,
        List<Violation> violations) {
    private static final String NAMESPACE = "urn:slipway:problem:";

    public static Problem of(int status, String code, String title, String detail) {
        return new Problem(NAMESPACE + code, title, status, detail, null, List.of());
    }

    public Problem with(List<Violation> found) {
        return new Problem(type, title, status, detail, instance, List.copyOf(found));
    }

    Problem at(String path) {
        return new Problem(type, title, status, detail, path, violations);
    }
}
