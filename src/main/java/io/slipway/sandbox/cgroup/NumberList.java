package io.slipway.sandbox.cgroup;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists as {@code 0-3,8} (cpuset(7), List Format). */
final class NumberList {
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,4})(?:-([0-9]{1,4}))?");

    private NumberList() {}

    /** @throws IllegalArgumentException naming the field when it is no such list; an empty text is an empty list */
    static BitSet parse(String field, String text) {
        BitSet numbers = new BitSet();
        if (text.isEmpty()) {
            return numbers;
        }
        for (String part : text.split(",", -1)) {
            Matcher range = RANGE.matcher(part.strip());
            int first = range.matches() ? Integer.parseInt(range.group(1)) : -1;
            int last = first >= 0 && range.group(2) != null ? Integer.parseInt(range.group(2)) : first;
            if (first < 0 || last < first) {
                throw new IllegalArgumentException(
                        field + " '" + text + "' is no list of numbers and ranges; write it as 0-1,3");
            }
            numbers.set(first, last + 1);
        }
        return numbers;
    }

    /** The same list in its shortest form. */
    static String text(BitSet numbers) {
        List<String> parts = new ArrayList<>();
        for (int first = numbers.nextSetBit(0); first >= 0; ) {
            int after = numbers.nextClearBit(first);
            parts.add(after == first + 1 ? Integer.toString(first) : first + "-" + (after - 1));
            first = numbers.nextSetBit(after);
        }
        return String.join(",", parts);
    }
}
