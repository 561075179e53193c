package io.slipway.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A file with holes: which parts of it the archive holds, in order (GNU tar manual, "Storing Sparse Files").
 *
 * @param size of the whole file in bytes
 */
record SparseMap(List<Part> parts, long size) {
    /** A part of a file that is no hole. */
    record Part(long offset, long length) {}

    /**
     * @param numbers offset and length by turns
     * @param size of the whole file
     * @param held bytes that the archive holds of it
     * @throws RefusedEntry if parts overlap, lie beyond the end, or are not what the archive holds
     */
    static SparseMap of(List<Long> numbers, long size, long held) throws RefusedEntry {
        if (numbers.size() % 2 != 0) {
            throw new RefusedEntry("its map of holes ends within a pair");
        }
        List<Part> parts = new ArrayList<>();
        long end = 0;
        long total = 0;
        for (int i = 0; i < numbers.size(); i += 2) {
            long offset = numbers.get(i);
            long length = numbers.get(i + 1);
            if (offset < end || length < 0 || length > size || offset > size - length) {
                throw new RefusedEntry("its map of holes is wrong at offset " + offset + ", length " + length);
            }
            end = offset + length;
            total += length;
            if (length > 0) {
                parts.add(new Part(offset, length));
            }
        }
        if (total != held) {
            throw new RefusedEntry("its map of holes tells of " + total + " bytes where the archive holds " + held);
        }
        return new SparseMap(List.copyOf(parts), size);
    }
}
