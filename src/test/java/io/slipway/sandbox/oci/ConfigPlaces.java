package io.slipway.sandbox.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every place of a JSON document, as {@link JsonDocument} reads it: each value that an object or a list holds, at whatever depth. */
final class ConfigPlaces {
    private ConfigPlaces() {}

    /** One of them; {@code path} has no indexes, as {@code mounts[].options[]}. */
    record Place(Object holder, Object key, String path) {
        @Nullable
        Object value() {
            return holder instanceof Map<?, ?> map ? map.get(key) : ((List<?>) holder).get((Integer) key);
        }

        @SuppressWarnings("unchecked")
        void set(@Nullable Object value) {
            if (holder instanceof Map<?, ?> map) {
                ((Map<String, @Nullable Object>) map).put((String) key, value);
            } else {
                ((List<@Nullable Object>) holder).set((Integer) key, value);
            }
        }

        void remove() {
            if (holder instanceof Map<?, ?> map) {
                map.remove(key);
            } else {
                ((List<?>) holder).remove((int) (Integer) key);
            }
        }

        /** Another name in an object, the same once more in a list. */
        void rename(String name) {
            Object value = value();
            if (holder instanceof Map<?, ?>) {
                remove();
                new Place(holder, name, path).set(value);
            } else {
                add(value);
            }
        }

        @SuppressWarnings("unchecked")
        private void add(@Nullable Object value) {
            ((List<@Nullable Object>) holder).add(value);
        }
    }

    static List<Place> of(@Nullable Object tree) {
        List<Place> places = new ArrayList<>();
        collect(tree, "", places);
        return places;
    }

    private static void collect(@Nullable Object at, String path, List<Place> places) {
        if (at instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                String below = path.isEmpty() ? String.valueOf(name) : path + "." + name;
                places.add(new Place(map, name, below));
                collect(value, below, places);
            });
        } else if (at instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                places.add(new Place(list, i, path + "[]"));
                collect(list.get(i), path + "[]", places);
            }
        }
    }
}
