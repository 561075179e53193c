package io.slipway.image;

import java.util.List;
import java.util.stream.Stream;

/**
 * An archive's name for an entry, in two: {@code usr/lib} and {@code x.so}. Empty parts and dots are dropped; {@code ..} stays, to be resolved.
 *
 * @param last empty for the top itself
 */
record EntryName(String parent, String last) {
    static EntryName of(String text) {
        List<String> parts = Stream.of(text.split("/"))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .toList();
        if (parts.isEmpty()) {
            return new EntryName("", "");
        }
        return new EntryName(String.join("/", parts.subList(0, parts.size() - 1)), parts.getLast());
    }

    String whole() {
        return parent.isEmpty() ? last : parent + "/" + last;
    }
}
