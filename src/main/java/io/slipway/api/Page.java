package io.slipway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list, or a page of one.
 *
 * @param next what to give as {@code before} (or {@code from}) for the page that follows; absent on the last
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Page<T>(List<T> items, @Nullable String next) {
    static <T> Page<T> all(List<T> items) {
        return new Page<>(items, null);
    }
}
