package io.slipway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
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

    /**
     * A page of {@code found}, which was asked for one more than {@code limit}: only when that was there is there a next page.
     *
     * @param shown of what the page may show
     * @param cursor of the page's last one, shown or not
     */
    static <V, T> Page<T> of(
            List<V> found, int limit, Predicate<V> shown, Function<V, T> json, Function<V, String> cursor) {
        List<V> page = found.subList(0, Math.min(limit, found.size()));
        return new Page<>(
                page.stream().filter(shown).map(json).toList(),
                found.size() > limit ? cursor.apply(page.getLast()) : null);
    }
}
